/*
 * load.h - the YAML file into a configuration. The only user of libyaml.
 */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "base/error.h"
#include "config/config.h"

/* Where postroom and postroomd look unless --config or POSTROOM_CONFIG says otherwise. */
#define CONFIG_DEFAULT_PATH "/etc/postroom/postroom.yaml"

/*
 * Reads and checks the file. ERROR_INPUT with "FILE:LINE:COLUMN: what is wrong; did you mean KEY?"
 * for the first fault; *config is NULL then. Free with config_free.
 */
MUST_CHECK bool config_load(const char *path, struct config **config, struct error *err);

#endif
