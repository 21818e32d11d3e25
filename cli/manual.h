/*
 * manual.h - the manual page and the shells' completion, from the command table.
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "base/buffer.h"

/* postroom(1) in mdoc. */
void manual_write(struct buffer *out);
/* For bash-completion and for zsh's fpath. */
void completion_write_bash(struct buffer *out);
void completion_write_zsh(struct buffer *out);

#endif
