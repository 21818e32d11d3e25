#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

void progress_begin(struct progress *progress)
{
	*progress = (struct progress){
		.shown = isatty(STDERR_FILENO) == 1, .began_ms = clock_monotonic_ms()};
}

void progress_draw(
	struct progress *progress, int64_t items, const char *noun, int64_t done, int64_t total)
{
	int64_t spent_ms = clock_monotonic_ms() - progress->began_ms;
	int64_t rate, left_s;

	if (!progress->shown)
		return;
	rate = spent_ms > 0 ? items * 1000 / spent_ms : 0;
	fprintf(stderr, "\r\033[K%" PRId64 " %s, %" PRId64 "/s", items, noun, rate);
	if (total > 0 && done > 0 && done <= total) {
		left_s = (int64_t)((double)spent_ms * (double)(total - done) / (double)done / 1000);
		fprintf(stderr, ", %d %%, %" PRId64 ":%02" PRId64 " left",
			(int)(done * 100 / total), left_s / 60, left_s % 60);
	}
	fflush(stderr);
	progress->drawn = true;
}

void progress_end(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
