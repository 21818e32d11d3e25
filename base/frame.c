#include "base/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/pack.h"

#define HEADER_BYTES 8

/* Space for the one descriptor that a frame may carry, aligned as the kernel wants it. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static bool failed(struct error *err, const char *what)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK) /* the socket has a timeout (SO_RCVTIMEO) */
		return error_set(err, ERROR_TEMPORARY, "%s: no answer in time", what);
	return error_set_errno(err, ERROR_TEMPORARY, errno, "%s", what);
}

static void attach_descriptor(struct msghdr *message, union control *control, int descriptor)
{
	struct cmsghdr *part;

	memset(control, 0, sizeof *control);
	message->msg_control = control->bytes;
	message->msg_controllen = sizeof control->bytes;
	part = CMSG_FIRSTHDR(message);
	part->cmsg_level = SOL_SOCKET;
	part->cmsg_type = SCM_RIGHTS;
	part->cmsg_len = CMSG_LEN(sizeof descriptor);
	memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
}

/* Moves the two pieces of the message behind what was sent. */
static void advance(struct iovec pieces[2], size_t sent)
{
	for (int i = 0; i < 2; i++) {
		size_t part = sent < pieces[i].iov_len ? sent : pieces[i].iov_len;

		if (part == 0) /* an empty body is NULL, to which C lets nobody add even 0 */
			continue;
		pieces[i].iov_base = (char *)pieces[i].iov_base + part;
		pieces[i].iov_len -= part;
		sent -= part;
	}
}

bool frame_write_descriptor(
	int socket, uint32_t type, struct span body, int descriptor, struct error *err)
{
	char header[HEADER_BYTES];
	struct buffer packed = {.data = header, .capacity = sizeof header};
	struct iovec pieces[2] = {{header, sizeof header}, {(void *)(size_t)body.data, body.size}};
	struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
	union control control;

	if (body.size > UINT32_MAX)
		return error_set(err, ERROR_LIMIT, "a frame of %zu bytes is too large", body.size);
	pack_u32(&packed, type);
	pack_u32(&packed, (uint32_t)body.size);
	if (descriptor >= 0)
		attach_descriptor(&message, &control, descriptor);
	while (pieces[0].iov_len + pieces[1].iov_len > 0) {
		ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return failed(err, "send a frame");
		message.msg_control = NULL; /* it went with the first bytes */
		message.msg_controllen = 0;
		advance(pieces, (size_t)sent);
	}
	return true;
}

bool frame_write(int socket, uint32_t type, struct span body, struct error *err)
{
	return frame_write_descriptor(socket, type, body, -1, err);
}

/* Keeps the first descriptor that came; any other is closed, so that a peer can't fill our table.
 */
static void take_descriptors(struct msghdr *message, int *descriptor)
{
	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part;
		part = CMSG_NXTHDR(message, part)) {
		size_t count;

		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int passed;

			memcpy(&passed, CMSG_DATA(part) + i * sizeof passed, sizeof passed);
			if (*descriptor < 0)
				*descriptor = passed;
			else
				close(passed);
		}
	}
}

/* Up to `size` bytes; *got is 0 when the other side closed. */
static bool receive(
	int socket, char *bytes, size_t size, int *descriptor, size_t *got, struct error *err)
{
	union control control;
	struct iovec piece = {bytes, size};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
	ssize_t received;

	do {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	} while (received < 0 && errno == EINTR);
	if (received < 0)
		return failed(err, "read a frame");
	take_descriptors(&message, descriptor);
	*got = (size_t)received;
	return true;
}

/* All `size` bytes, or *got bytes and then the end. */
static bool receive_all(
	int socket, char *bytes, size_t size, int *descriptor, size_t *got, struct error *err)
{
	size_t part;

	for (*got = 0; *got < size; *got += part) {
		if (!receive(socket, bytes + *got, size - *got, descriptor, &part, err))
			return false;
		if (part == 0)
			break;
	}
	return true;
}

static bool receive_frame(int socket, struct buffer *storage, size_t max_bytes, struct frame *frame,
	bool *ended, struct error *err)
{
	char header[HEADER_BYTES];
	struct unpack in = {.rest = {header, sizeof header}};
	size_t got;
	uint32_t size;

	if (!receive_all(socket, header, sizeof header, &frame->descriptor, &got, err))
		return false;
	if (got == 0) {
		*ended = true;
		return true;
	}
	if (got < sizeof header)
		return error_set(err, ERROR_TEMPORARY, "read a frame: closed in the middle");
	frame->type = unpack_u32(&in);
	size = unpack_u32(&in);
	if (size > max_bytes)
		return error_set(err, ERROR_LIMIT, "a frame of %u bytes, more than the %zu allowed",
			(unsigned)size, max_bytes);
	buffer_clear(storage);
	if (!receive_all(
		    socket, buffer_reserve(storage, size), size, &frame->descriptor, &got, err))
		return false;
	if (got < size)
		return error_set(err, ERROR_TEMPORARY, "read a frame: closed in the middle");
	storage->size = size;
	frame->body = buffer_span(storage);
	return true;
}

bool frame_read(int socket, struct buffer *storage, size_t max_bytes, struct frame *frame,
	bool *ended, struct error *err)
{
	*frame = (struct frame){.descriptor = -1};
	*ended = false;
	if (receive_frame(socket, storage, max_bytes, frame, ended, err))
		return true;
	if (frame->descriptor >= 0)
		close(frame->descriptor);
	frame->descriptor = -1;
	return false;
}
