/*
 * coverage.h - for a target that does its work in a process of its own: brings what it covered back
 * to the process that libFuzzer looks at. Without libFuzzer it does nothing.
 */
#ifndef TESTS_FUZZ_COVERAGE_H
#define TESTS_FUZZ_COVERAGE_H

/* Once, before the first fork. */
void coverage_begin(void);
/* In the child, at its end. */
void coverage_give(void);
/* In the parent, once the child has ended. */
void coverage_take(void);

#endif
