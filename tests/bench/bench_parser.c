/*
 * bench_parser ROUNDS FILE…: how many mails a second parse_mail reads, facts written as bytes.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "parser/message.h"

static struct span read_file(const char *path)
{
	struct buffer bytes = {0};
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	while (file >= 0 && (got = read(file, buffer_reserve(&bytes, 65536), 65536)) > 0)
		bytes.size += (size_t)got;
	if (file >= 0)
		close(file);
	return buffer_span(&bytes);
}

int main(int count, char **arguments)
{
	const struct parse_options options = {.input = PARSE_MAIL, .tag_separator = '+'};
	long rounds = count > 2 ? strtol(arguments[1], NULL, 10) : 0;
	struct buffer facts_bytes = {0};
	struct arena arena = {0};
	size_t mails = 0, bytes = 0;

	if (rounds < 1) {
		fprintf(stderr, "usage: bench_parser ROUNDS FILE...\n");
		return 2;
	}
	int files = count - 2;
	struct span *raw = memory_alloc((size_t)files * sizeof(*raw));
	for (int i = 0; i < files; i++)
		raw[i] = read_file(arguments[i + 2]);
	parse_init();
	int64_t begin = clock_monotonic_ms();
	for (long round = 0; round < rounds; round++) {
		for (int i = 0; i < files; i++) {
			struct facts facts;
			struct error err;

			buffer_clear(&facts_bytes);
			if (parse_mail(raw[i], &options, &arena, &facts, &err))
				facts_write(&facts, &facts_bytes);
			arena_reset(&arena);
			mails++;
			bytes += raw[i].size;
		}
	}
	int64_t took = clock_monotonic_ms() - begin;
	printf("%zu mails, %.1f MB in %" PRId64 " ms: %.0f mails/s, %.1f MB/s\n", mails,
		(double)bytes / 1e6, took, (double)mails * 1000 / (double)(took ? took : 1),
		(double)bytes / 1e3 / (double)(took ? took : 1));
	for (int i = 0; i < files; i++)
		free((char *)(uintptr_t)raw[i].data);
	free(raw);
	buffer_done(&facts_bytes);
	arena_done(&arena);
	parse_done();
	return 0;
}
