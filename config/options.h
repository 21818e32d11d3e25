/*
 * options.h - the option table: every key of the configuration file with its type, default, bounds
 * and one line of help. Loading, `config example`, `config show` and the manual are made from it.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include "base/buffer.h"
#include "config/config.h"

/* The documented example file, which loads without an error. */
void options_write_example(struct buffer *out);
/* The configuration in force as YAML, secrets hidden, defaults included. */
void options_write_config(const struct config *config, struct buffer *out);
/* Every option as a paragraph of troff (mdoc) for postroom.yaml(5). */
void options_write_manual(struct buffer *out);

#endif
