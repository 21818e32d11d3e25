/*
 * progress.h - how far a long command is, on a terminal's stderr: one line that is written over.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown; /* stderr is a terminal */
	bool drawn;
	int64_t began_ms; /* monotonic */
};

void progress_begin(struct progress *progress);
/*
 * `done` of `total` units (bytes, pages, mails; total 0: unknown) and `items` of what the rate
 * counts, named by `noun`.
 */
void progress_draw(
	struct progress *progress, int64_t items, const char *noun, int64_t done, int64_t total);
/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
