/*
 * The configuration file: whatever stands in it gives a configuration or a message. What loads is
 * shown, and what is shown must load again and look the same.
 */
#include "base/buffer.h"
#include "config/load.h"
#include "config/options.h"
#include "tests/fuzz/fuzz.h"

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
	struct config *config = load(fuzz_span(data, size), &err);

	if (config == NULL) {
		fuzz_must(err.kind == ERROR_INPUT);
		fuzz_must(span_starts(span_from(err.text), SPAN("fuzz.yaml:")));
		fuzz_must(span_find_byte(span_from(err.text), '\n') < 0);
		return 0;
	}
	options_write_config(config, &first);
	config_free(config);
	config = load(buffer_span(&first), &err);
	fuzz_must(config != NULL);
	options_write_config(config, &second);
	config_free(config);
	fuzz_must(span_equal(buffer_span(&first), buffer_span(&second)));
	return 0;
}
