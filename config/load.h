/*
 * load.h - the YAML file into a configuration. The only user of libyaml.
 */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"

/* Where postroom and postroomd look unless --config or POSTROOM_CONFIG says otherwise. */
#define CONFIG_DEFAULT_PATH "/etc/postroom/postroom.yaml"

/*
 * Reads and checks the file. ERROR_INPUT with "FILE:LINE:COLUMN: what is wrong; did you mean KEY?"
 * for the first fault; *config is NULL then. Free with config_free.
 */
MUST_CHECK bool config_load(const char *path, struct config **config, struct error *err);
/* The first half of it: the file's bytes, if nobody else can change them. Appends to text. */
MUST_CHECK bool config_read(const char *path, struct buffer *text, struct error *err);
/* The second half; path is only named in messages. Reads nothing else. */
MUST_CHECK bool config_load_text(
	const char *path, struct span text, struct config **config, struct error *err);

#endif
