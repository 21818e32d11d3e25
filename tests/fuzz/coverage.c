/* Compiled without -fsanitize=fuzzer: the compiler then defines the names below for itself. */
#include "tests/fuzz/coverage.h"

#include <string.h>
#include <sys/mman.h>

#include "tests/fuzz/fuzz.h"

/* The section of the counters; absent, and then NULL, where the build has no libFuzzer. */
extern uint8_t __start___sancov_cntrs[] __attribute__((weak));
extern uint8_t __stop___sancov_cntrs[] __attribute__((weak));

static uint8_t *shared;

static size_t counters_size(void)
{
	return (size_t)((uintptr_t)__stop___sancov_cntrs - (uintptr_t)__start___sancov_cntrs);
}

void coverage_begin(void)
{
	if (counters_size() == 0)
		return;
	shared = mmap(
		NULL, counters_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fuzz_must(shared != MAP_FAILED);
}

void coverage_give(void)
{
	if (shared)
		memcpy(shared, __start___sancov_cntrs, counters_size());
}

void coverage_take(void)
{
	for (size_t i = 0; shared && i < counters_size(); i++)
		__start___sancov_cntrs[i] |= shared[i];
}
