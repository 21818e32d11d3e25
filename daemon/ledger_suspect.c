/*
 * ledger_suspect.c - mails on which the ledger itself dies. Before it decides one, it notes which
 * in a small file that it has mapped; that costs no system call, and the kernel keeps what a
 * process that died had written. The next ledger finds the note, decides this mail alone, so that
 * its death takes no other mail's work along, and gives it up after the third time, as it does with
 * mails on which parsers die. A note that a power loss takes is made anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/ledger.h"
#include "store/place.h"

#define SUSPECTS_MAX 64 /* the next one takes the place of the oldest */

/* What stands in the file; of zeros: nothing is noted. */
struct suspects {
	volatile uint32_t deciding; /* 1: `now` is a mail */
	uint32_t oldest;	    /* the place that is taken next */
	struct digest now;
	struct suspect {
		struct digest mail;
		uint32_t deaths; /* 0: nobody's place */
	} all[SUSPECTS_MAX];
};

/* A mail that came is known by its identity, a stored one by its row. */
static struct digest key_of(const struct entry *entry)
{
	struct digest key = {{0}};

	if (entry->kind != ENTRY_STORED)
		return entry->of.mail.identity;
	memcpy(key.bytes, &entry->message_id, sizeof entry->message_id);
	memcpy(key.bytes + sizeof entry->message_id, &entry->delivery_id,
		sizeof entry->delivery_id);
	return key;
}

static struct suspect *find(struct suspects *suspects, const struct digest *mail)
{
	for (size_t i = 0; i < SUSPECTS_MAX; i++)
		if (suspects->all[i].deaths > 0 &&
			memcmp(&suspects->all[i].mail, mail, sizeof *mail) == 0)
			return &suspects->all[i];
	return NULL;
}

/* The ledger before us died while it decided one. */
static void count_death(struct suspects *suspects)
{
	struct suspect *suspect = find(suspects, &suspects->now);

	if (!suspect) {
		suspect = &suspects->all[suspects->oldest % SUSPECTS_MAX];
		suspects->oldest = (suspects->oldest + 1) % SUSPECTS_MAX;
		*suspect = (struct suspect){.mail = suspects->now};
	}
	suspect->deaths++;
	log_event(LOG_LEVEL_ERROR, "died-deciding", log_number("deaths", suspect->deaths),
		log_string("next", "this mail is decided alone, three times in all"));
}

bool suspects_open(const char *directory, struct suspects **suspects, struct error *err)
{
	char path[PATH_MAX];
	int file, why;
	void *mapped;

	snprintf(path, sizeof path, "%s/postroomd.suspects", directory);
	file = place_open(path, O_RDWR | O_CREAT, 0660);
	if (file < 0)
		return error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
	/* all of it now: a mapped page that finds no room later is a signal, not an error */
	why = posix_fallocate(file, 0, (off_t)sizeof **suspects);
	mapped = why ? MAP_FAILED
		     : mmap(NULL, sizeof **suspects, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (mapped == MAP_FAILED && !why)
		why = errno;
	close(file);
	if (mapped == MAP_FAILED)
		return error_set_errno(err, ERROR_STORAGE, why, "%s", path);
	*suspects = mapped;
	if ((*suspects)->deciding)
		count_death(*suspects);
	suspect_end(*suspects);
	return true;
}

void suspects_close(struct suspects *suspects)
{
	if (suspects)
		munmap(suspects, sizeof *suspects);
}

unsigned suspect_deaths(struct suspects *suspects, const struct entry *entry)
{
	struct digest key = key_of(entry);
	const struct suspect *suspect = find(suspects, &key);

	return suspect ? suspect->deaths : 0;
}

void suspect_begin(struct suspects *suspects, const struct entry *entry)
{
	suspects->now = key_of(entry);
	suspects->deciding = 1;
}

void suspect_end(struct suspects *suspects)
{
	suspects->deciding = 0;
	suspects->now = (struct digest){{0}};
}

void suspect_forget(struct suspects *suspects, const struct entry *entry)
{
	struct digest key = key_of(entry);
	struct suspect *suspect = find(suspects, &key);

	if (suspect)
		*suspect = (struct suspect){.deaths = 0};
}
