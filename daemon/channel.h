/*
 * channel.h - frames (base/frame.h's bytes) over a socket by which nobody ever waits: what came in
 * is cut into frames, what goes out is kept until the socket takes it. For the processes that serve
 * several others, of which each may hang or have been taken over.
 */
#ifndef DAEMON_CHANNEL_H
#define DAEMON_CHANNEL_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/frame.h"

struct channel {
	int socket; /* -1: closed */
	struct buffer in, out;
	size_t in_start, out_start; /* what was consumed of each */
	size_t in_max_bytes;	    /* the largest frame body that is taken */
	size_t out_max_bytes;	    /* a peer that lets more than this pile up is given up */
	bool ended;		    /* the other side closed; frames may still be left in `in` */
};

/* Takes the socket over. */
void channel_open(struct channel *channel, int socket, size_t in_max_bytes, size_t out_max_bytes);
/* Closes the socket and gives the memory back; a closed channel (also {.socket = -1}) is legal. */
void channel_close(struct channel *channel);
static inline bool channel_is_open(const struct channel *channel)
{
	return channel->socket >= 0;
}

/* Reads what is there, at most about max_bytes; sets `ended`. ERROR_TEMPORARY: the socket broke. */
MUST_CHECK bool channel_fill(struct channel *channel, size_t max_bytes, struct error *err);
/*
 * The next whole frame, its body valid until the next channel_fill; *found false: none yet.
 * ERROR_LIMIT for one above in_max_bytes: the peer breaks the protocol, give it up.
 */
MUST_CHECK bool channel_next(
	struct channel *channel, struct frame *frame, bool *found, struct error *err);

/*
 * Queues a frame and sends as much as the socket takes. ERROR_TEMPORARY: the other side is gone;
 * ERROR_LIMIT: it does not read (out_max_bytes).
 */
MUST_CHECK bool channel_send(
	struct channel *channel, uint32_t type, struct span body, struct error *err);
/*
 * For a body made in place: begin returns the buffer that the body is appended to, end fills in
 * its size and sends. Nothing else may be sent in between.
 */
struct buffer *channel_begin(struct channel *channel, uint32_t type, size_t *mark);
MUST_CHECK bool channel_end(struct channel *channel, size_t mark, struct error *err);
/*
 * A frame with a descriptor beside it (the sender keeps its own copy), after all that is queued.
 * The one call that waits, for wait_ms at most; ERROR_TEMPORARY then.
 */
MUST_CHECK bool channel_send_descriptor(struct channel *channel, uint32_t type, struct span body,
	int descriptor, int wait_ms, struct error *err);
/* Sends more of what is queued. */
MUST_CHECK bool channel_flush(struct channel *channel, struct error *err);
/* Bytes that wait to be sent. */
static inline size_t channel_waiting(const struct channel *channel)
{
	return channel->out.size - channel->out_start;
}
/* POLLIN and, when something waits, POLLOUT. */
short channel_events(const struct channel *channel);

#endif
