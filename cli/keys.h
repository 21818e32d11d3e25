/*
 * keys.h - single keys and short answers from standard input: a terminal's, without waiting for
 * Enter and without showing them, or anything else's, byte by byte.
 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include "base/arena.h"
#include "base/span.h"

/* What keys_read gives for Ctrl-C, Ctrl-D and the end of the input. */
#define KEY_END 0

/* The next key; line ends are none. Keys of several bytes (arrows) are skipped. */
char keys_read(void);
/* A line with the terminal's own editing, trimmed; false at the end of the input. */
bool keys_read_line(struct arena *arena, struct span *line);

#endif
