/*
 * bench_parser ROUNDS FILE…: a line for each mail: the microseconds of CPU that parse_mail and the
 * writing of its facts take at the mean of the rounds, and its name; at the end how many mails that
 * is a second.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

static int64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Nanoseconds of CPU. */
static int64_t parse(struct span raw, struct arena *arena, struct buffer *facts_bytes)
{
	const struct parse_options options = {.input = PARSE_MAIL, .tag_separator = '+'};
	int64_t begin = cpu_ns();
	struct facts facts;
	struct error err;

	buffer_clear(facts_bytes);
	if (parse_mail(raw, &options, arena, &facts, &err))
		facts_write(&facts, facts_bytes);
	arena_reset(arena);
	return cpu_ns() - begin;
}

int main(int count, char **arguments)
{
	long rounds = count > 2 ? strtol(arguments[1], NULL, 10) : 0;
	struct buffer facts_bytes = {0};
	struct arena arena = {0};
	double all_ns = 0, bytes = 0;

	if (rounds < 1) {
		fprintf(stderr, "usage: bench_parser ROUNDS FILE...\n");
		return 2;
	}
	int files = count - 2;
	struct span *raw = memory_alloc((size_t)files * sizeof(*raw));
	int64_t *ns = memory_alloc((size_t)files * sizeof(*ns));

	memset(ns, 0, (size_t)files * sizeof(*ns));
	for (int i = 0; i < files; i++)
		raw[i] = read_file(arguments[i + 2]);
	parse_init();
	for (long round = 0; round < rounds; round++)
		for (int i = 0; i < files; i++)
			ns[i] += parse(raw[i], &arena, &facts_bytes);
	for (int i = 0; i < files; i++) {
		printf("%.1f %s\n", (double)ns[i] / 1e3 / (double)rounds, arguments[i + 2]);
		all_ns += (double)ns[i];
		bytes += (double)rounds * (double)raw[i].size;
		free((char *)(uintptr_t)raw[i].data);
	}
	printf("%ld mails, %.1f MB: %.0f mails/s, %.1f MB/s of CPU\n", rounds * files, bytes / 1e6,
		(double)(rounds * files) * 1e9 / all_ns, bytes * 1e3 / all_ns);
	free(ns);
	free(raw);
	buffer_done(&facts_bytes);
	arena_done(&arena);
	parse_done();
	return 0;
}
