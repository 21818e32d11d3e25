/*
 * The configuration file: whatever stands in it gives a configuration or a message. What loads is
 * shown, and what is shown must load again and look the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "config/load.h"
#include "config/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct config *load(struct span text, struct error *err)
{
	struct config *config;

	return config_load_text("fuzz.yaml", text, &config, err) ? config : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buffer_done) struct buffer first = {0};
	CLEANUP(buffer_done) struct buffer second = {0};
	struct error err = {0};
	struct config *config = load((struct span){(const char *)data, size}, &err);

	if (config == NULL) {
		if (err.kind != ERROR_INPUT || strncmp(err.text, "fuzz.yaml:", 10) != 0 ||
			strchr(err.text, '\n') != NULL)
			abort();
		return 0;
	}
	options_write_config(config, &first);
	config_free(config);
	config = load(buffer_span(&first), &err);
	if (config == NULL)
		abort();
	options_write_config(config, &second);
	config_free(config);
	if (!span_equal(buffer_span(&first), buffer_span(&second)))
		abort();
	return 0;
}
