/*
 * planted.c - postroomd as it is, but for two calls that the linker leads here (--wrap):
 *
 * intake_decide   ends the process at a mail with PLANTED in its subject, as a mistake in a
 * decision would; with PLANTED-N only as long as fewer than N processes died of it clock_gettime
 * the wall clock is off by the milliseconds that the file clock beside the program says; the
 * monotonic one is not, as when somebody sets the clock. The file is mapped before a role enters
 * its sandbox, in which no file could be read
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "ingest/intake.h"

struct planted {
	int64_t offset_ms;
	uint32_t deaths;
};

static struct planted none;
static struct planted *planted = &none;

__attribute__((constructor)) static void map_file(void)
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
	if (mapped != MAP_FAILED)
		planted = mapped;
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

/* 0: it does not; UINT32_MAX: always. */
static uint32_t deaths_wanted(const struct facts *facts)
{
	static const char word[] = "PLANTED";
	const char *at = facts->subject.size == 0 ? NULL
						  : memmem(facts->subject.data, facts->subject.size,
							    word, sizeof word - 1);

	if (!at)
		return 0;
	at += sizeof word - 1;
	return at < facts->subject.data + facts->subject.size && *at == '-'
		       ? (uint32_t)(at[1] - '0')
		       : UINT32_MAX;
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
