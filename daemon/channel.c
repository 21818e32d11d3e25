#include "daemon/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pack.h"

#define HEADER_BYTES 8
#define READ_BYTES   ((size_t)256 << 10)

void channel_open(struct channel *channel, int socket, size_t in_max_bytes, size_t out_max_bytes)
{
	*channel = (struct channel){
		.socket = socket, .in_max_bytes = in_max_bytes, .out_max_bytes = out_max_bytes};
}

void channel_close(struct channel *channel)
{
	if (channel->socket >= 0)
		close(channel->socket);
	buffer_done(&channel->in);
	buffer_done(&channel->out);
	*channel = (struct channel){.socket = -1};
}

/* Moves the rest to the front once it is cheap: when nothing is left, or little behind much. */
static void compact(struct buffer *buffer, size_t *start)
{
	if (*start == buffer->size)
		buffer_clear(buffer);
	else if (*start > buffer->size / 2)
		buffer_drop(buffer, *start);
	else
		return;
	*start = 0;
}

bool channel_fill(struct channel *channel, size_t max_bytes, struct error *err)
{
	size_t taken = 0;

	compact(&channel->in, &channel->in_start);
	while (taken < max_bytes) {
		size_t want = max_bytes - taken < READ_BYTES ? max_bytes - taken : READ_BYTES;
		ssize_t got = recv(
			channel->socket, buffer_reserve(&channel->in, want), want, MSG_DONTWAIT);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (got < 0) {
			channel->ended = true;
			return error_set_errno(err, ERROR_TEMPORARY, errno, "read from a process");
		}
		if (got == 0) {
			channel->ended = true;
			return true;
		}
		channel->in.size += (size_t)got;
		taken += (size_t)got;
		if ((size_t)got < want) /* the socket is empty: spare the call that says so */
			return true;
	}
	return true;
}

bool channel_next(struct channel *channel, struct frame *frame, bool *found, struct error *err)
{
	struct span rest = span_after(buffer_span(&channel->in), channel->in_start);
	struct unpack header = {span_part(rest, 0, HEADER_BYTES), false};
	uint32_t type, size;

	*found = false;
	if (rest.size < HEADER_BYTES)
		return true;
	type = unpack_u32(&header);
	size = unpack_u32(&header);
	if (size > channel->in_max_bytes)
		return error_set(err, ERROR_LIMIT, "a frame of %u bytes, more than the %zu allowed",
			(unsigned)size, channel->in_max_bytes);
	if (rest.size - HEADER_BYTES < size)
		return true;
	*frame = (struct frame){type, span_part(rest, HEADER_BYTES, size), -1};
	channel->in_start += HEADER_BYTES + size;
	*found = true;
	return true;
}

bool channel_flush(struct channel *channel, struct error *err)
{
	while (channel_waiting(channel) > 0) {
		ssize_t sent = send(channel->socket, channel->out.data + channel->out_start,
			channel_waiting(channel), MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (sent < 0) {
			buffer_clear(&channel->out);
			channel->out_start = 0;
			return error_set_errno(err, ERROR_TEMPORARY, errno, "send to a process");
		}
		channel->out_start += (size_t)sent;
	}
	compact(&channel->out, &channel->out_start);
	return true;
}

struct buffer *channel_begin(struct channel *channel, uint32_t type, size_t *mark)
{
	*mark = channel->out.size;
	pack_u32(&channel->out, type);
	pack_u32(&channel->out, 0);
	return &channel->out;
}

/* The size stands behind the type; it is known only now. */
static void write_size(struct buffer *out, size_t mark, size_t body_bytes)
{
	struct buffer header = {
		.data = out->data + mark + sizeof(uint32_t), .capacity = sizeof(uint32_t)};

	pack_u32(&header, (uint32_t)body_bytes);
}

bool channel_end(struct channel *channel, size_t mark, struct error *err)
{
	size_t body_bytes = channel->out.size - mark - HEADER_BYTES;

	if (body_bytes > UINT32_MAX)
		return error_set(err, ERROR_LIMIT, "a frame of %zu bytes is too large", body_bytes);
	write_size(&channel->out, mark, body_bytes);
	if (!channel_flush(channel, err))
		return false;
	if (channel_waiting(channel) > channel->out_max_bytes)
		return error_set(err, ERROR_LIMIT,
			"%zu bytes wait for a process that reads nothing",
			channel_waiting(channel));
	return true;
}

bool channel_send(struct channel *channel, uint32_t type, struct span body, struct error *err)
{
	size_t mark;

	buffer_append(channel_begin(channel, type, &mark), body);
	return channel_end(channel, mark, err);
}

bool channel_send_descriptor(struct channel *channel, uint32_t type, struct span body,
	int descriptor, int wait_ms, struct error *err)
{
	struct timeval patience = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	struct pollfd writable = {channel->socket, POLLOUT, 0};
	int64_t deadline = clock_monotonic_ms() + wait_ms;

	while (channel_waiting(channel) > 0) {
		int64_t left = deadline - clock_monotonic_ms();

		if (left <= 0)
			return error_set(err, ERROR_TEMPORARY, "a process does not read");
		if (poll(&writable, 1, (int)left) < 0 && errno != EINTR)
			return error_set_errno(err, ERROR_TEMPORARY, errno, "poll");
		if (!channel_flush(channel, err))
			return false;
	}
	setsockopt(channel->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	return frame_write_descriptor(channel->socket, type, body, descriptor, err);
}

short channel_events(const struct channel *channel)
{
	return (short)(POLLIN | (channel_waiting(channel) > 0 ? POLLOUT : 0));
}
