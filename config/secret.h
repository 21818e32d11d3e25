/*
 * secret.h - the value of a secret: from a file that only we may read, a command's output, or
 * systemd's credentials folder.
 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"

/*
 * Appends the value without its trailing line end. ERROR_INPUT when the file can be read by others
 * (with the chmod that mends it), is missing or empty; ERROR_TEMPORARY when the command failed.
 */
MUST_CHECK bool secret_read(
	const struct config_secret *secret, struct buffer *value, struct error *err);
/*
 * The secret, or SECRET_PART_BYTES of it in a row, stand in the text: words of a server that put
 * back what it was sent.
 */
bool secret_shows(struct span text, struct span secret);
#define SECRET_PART_BYTES 12
/* Overwrites the bytes, then empties the buffer. */
void secret_forget(struct buffer *value);
/* And gives the memory back. */
void secret_done(struct buffer *value);

#endif
