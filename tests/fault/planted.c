/*
 * planted.c - postroomd as it is, but for some calls that the linker leads here (--wrap).
 *
 * intake_decide: ends the process at a mail with PLANTED in its subject, as a mistake in a decision
 * would; with PLANTED-N only as long as fewer than N processes died of it.
 *
 * clock_gettime: the wall clock is off by so many milliseconds; the monotonic one is not, as when
 * somebody sets the clock.
 *
 * malloc and its kin: fail in the ledger as memory_fails.h says, in all ledgers together. Not while
 * it enters its sandbox: libseccomp 2.5.4 then makes filters that allow too little, or never comes
 * to an end.
 *
 * What is planted stands in the file .planted beside the program: it is mapped before a role enters
 * its sandbox, in which no file could be read.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "ingest/intake.h"
#include "tests/fault/memory_fails.h"

struct planted { /* planted.py has the same */
	int64_t offset_ms;
	uint64_t deaths;
	struct memory_fails memory;
};

static struct planted none;
static struct planted *planted = &none;
static bool in_ledger;

static bool is_ledger(int count, char **words)
{
	for (int i = 1; i + 1 < count; i++)
		if (strcmp(words[i], "--role") == 0)
			return strcmp(words[i + 1], "ledger") == 0;
	return false;
}

/* NULL: fails nowhere. A sanitizer has a malloc of its own. */
static void plant_memory(struct memory_fails *memory)
{
#ifdef MEMORY_FAILS
	memory_fails = memory;
#else
	(void)memory;
#endif
}

/* The C library gives a constructor what it gives main(). */
__attribute__((constructor)) static void map_file(int count, char **words)
{
	char path[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", path, sizeof path - sizeof ".planted");
	void *mapped;
	int file;

	if (size <= 0)
		return;
	memcpy(path + size, ".planted", sizeof ".planted");
	file = open(path, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return; /* nothing is planted beside this program */
	mapped = mmap(NULL, sizeof *planted, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (mapped == MAP_FAILED)
		return;
	planted = mapped;
	in_ledger = is_ledger(count, words);
	plant_memory(in_ledger ? &planted->memory : NULL);
}

int __real_clock_gettime(clockid_t id, struct timespec *now);
int __wrap_clock_gettime(clockid_t id, struct timespec *now);
bool __real_intake_decide(struct intake *intake, const struct intake_copy *copy,
	const struct facts *facts, int64_t now_ms, struct error *err);
bool __wrap_intake_decide(struct intake *intake, const struct intake_copy *copy,
	const struct facts *facts, int64_t now_ms, struct error *err);

int __wrap_clock_gettime(clockid_t id, struct timespec *now)
{
	int status = __real_clock_gettime(id, now);

	if (status == 0 && id == CLOCK_REALTIME) {
		now->tv_sec += planted->offset_ms / 1000;
		now->tv_nsec += planted->offset_ms % 1000 * 1000000;
		if (now->tv_nsec < 0 || now->tv_nsec >= 1000000000) {
			now->tv_sec += now->tv_nsec < 0 ? -1 : 1;
			now->tv_nsec += now->tv_nsec < 0 ? 1000000000 : -1000000000;
		}
	}
	return status;
}

bool __real_sandbox_enter(enum sandbox_profile profile, const char *path, struct error *err);
bool __wrap_sandbox_enter(enum sandbox_profile profile, const char *path, struct error *err);

bool __wrap_sandbox_enter(enum sandbox_profile profile, const char *path, struct error *err)
{
	bool entered;

	plant_memory(NULL);
	entered = __real_sandbox_enter(profile, path, err);
	plant_memory(in_ledger ? &planted->memory : NULL);
	return entered;
}

/* 0: it does not; UINT64_MAX: always. */
static uint64_t deaths_wanted(const struct facts *facts)
{
	static const char word[] = "PLANTED";
	const char *at = facts->subject.size == 0 ? NULL
						  : memmem(facts->subject.data, facts->subject.size,
							    word, sizeof word - 1);

	if (!at)
		return 0;
	at += sizeof word - 1;
	return at < facts->subject.data + facts->subject.size && *at == '-'
		       ? (uint64_t)(at[1] - '0')
		       : UINT64_MAX;
}

bool __wrap_intake_decide(struct intake *intake, const struct intake_copy *copy,
	const struct facts *facts, int64_t now_ms, struct error *err)
{
	if (planted->deaths < deaths_wanted(facts)) {
		planted->deaths++;
		raise(SIGSEGV);
	}
	return __real_intake_decide(intake, copy, facts, now_ms, err);
}
