/*
 * options_main.c - what documentation is made from the option table, at build time:
 * `postroom-options manual HEAD TAIL` prints postroom.yaml(5) between two hand-written parts,
 * `postroom-options example` the example configuration.
 */
#include <stdio.h>
#include <string.h>

#include "config/options.h"

static int print(struct span text)
{
	return fwrite(text.data, 1, text.size, stdout) == text.size;
}

static int print_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char bytes[4096];
	size_t got;
	int good = file != NULL;

	while (good && (got = fread(bytes, 1, sizeof bytes, file)) > 0)
		good = print((struct span){bytes, got});
	if (!good || ferror(file)) {
		perror(path);
		good = 0;
	}
	if (file)
		fclose(file);
	return good;
}

static int print_options(void (*write)(struct buffer *out))
{
	CLEANUP(buffer_done) struct buffer text = {0};

	write(&text);
	return print(buffer_span(&text));
}

int main(int count, char **values)
{
	int good;

	if (count == 4 && strcmp(values[1], "manual") == 0) {
		good = print_file(values[2]) && print_options(options_write_manual) &&
		       print_file(values[3]);
	} else if (count == 2 && strcmp(values[1], "example") == 0) {
		good = print_options(options_write_example);
	} else {
		fputs("usage: postroom-options manual HEAD TAIL | example\n", stderr);
		return 2;
	}
	return good && fflush(stdout) == 0 ? 0 : 1;
}
