/*
 * vdir.h - a calendar as a folder with a file for each item: what vdirsyncer calls a vdir, and what
 * Radicale keeps a calendar in. One way: nothing is read back.
 */
#ifndef CALENDAR_VDIR_H
#define CALENDAR_VDIR_H

#include "calendar/feed.h"

struct vdir_counts {
	size_t written, unchanged, removed; /* files */
};

/*
 * Makes the folder show the feed. Its files are UID.ics; of those there only the ones whose name
 * ends in "@INSTANCE.ics" are ours to replace and remove. A file whose bytes are right is not
 * touched, so that no client takes it for changed. Nothing changes before everything is rendered,
 * written beside and flushed; then each file is replaced at once. The folder is made if it is
 * missing, in a folder that exists.
 *
 * ERROR_BUSY: somebody else exports into it just now. ERROR_TEMPORARY: the folder or a file can't
 * be written; what is there stands as it was or, where renaming itself failed, is partly new.
 */
MUST_CHECK bool vdir_write(struct db *db, const struct calendar_feed *feed, const char *directory,
	struct vdir_counts *counts, struct error *err);

#endif
