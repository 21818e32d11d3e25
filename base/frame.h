/*
 * frame.h - messages between our own processes over a stream socket: 32-bit type, 32-bit size,
 * bytes; where asked, one descriptor beside it. Blocking; EINTR is handled.
 */
#ifndef BASE_FRAME_H
#define BASE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct frame {
	uint32_t type;
	struct span body; /* valid until the next read into the same buffer */
	int descriptor;	  /* passed with the frame, owned by the receiver; -1: none */
};

/* Writes the whole frame. ERROR_TEMPORARY when the other side is gone (no SIGPIPE). */
MUST_CHECK bool frame_write(int socket, uint32_t type, struct span body, struct error *err);
/* With a descriptor; the sender keeps its own copy. */
MUST_CHECK bool frame_write_descriptor(
	int socket, uint32_t type, struct span body, int descriptor, struct error *err);
/*
 * Reads one whole frame, however long that takes. *ended is true, and the frame empty, when the
 * other side closed between two frames. ERROR_LIMIT above max_bytes, ERROR_TEMPORARY when it
 * closed in the middle.
 */
MUST_CHECK bool frame_read(int socket, struct buffer *storage, size_t max_bytes,
	struct frame *frame, bool *ended, struct error *err);

#endif
