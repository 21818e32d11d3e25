/*
 * memory_fails.h - the N-th allocation of a program fails, its libraries' and the C library's
 * included. Two fronts: memory_fails_preload.c for commands, planted.c for the ledger of a daemon.
 */
#ifndef TESTS_FAULT_MEMORY_FAILS_H
#define TESTS_FAULT_MEMORY_FAILS_H

#include <stdint.h>

struct memory_fails {
	uint64_t at;	/* which one, from 1; 0: none */
	uint64_t last;	/* how many fail; 0: all from then on, of the process that made it */
	uint64_t done;	/* allocations until now, of all processes that have this in common */
	int64_t failed; /* the process that made it; 0: none yet */
};

/* NULL, as it is at first: nothing fails, nothing is counted. */
extern struct memory_fails *memory_fails;

#endif
