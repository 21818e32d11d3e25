/*
 * memory.h - malloc whose failure ends the process with a line in the log. Every role may die at
 * any moment without losing a message, so nobody pays for unwinding a failed allocation.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Never NULL; free() it. */
void *memory_alloc(size_t size_bytes);
void *memory_resize(void *piece, size_t size_bytes);
char *memory_string(const char *string);
/* Overwrites what was secret, then frees it; NULL is legal. */
void memory_forget(void *piece, size_t size_bytes);
_Noreturn void memory_exhausted(void);
/*
 * For a process that works mail by mail: what a mail gave back is kept for the next one. The C
 * library would return it to the kernel and ask for it again, page by page.
 */
void memory_keep(void);

/*
 * From now on at most so many bytes more than are in use: beyond, malloc fails. For a library that
 * bears that and would otherwise take whatever a mail makes it take. Needs memory_keep before; has
 * no effect with a sanitizer. memory_limit_end takes the limit away, and
 * memory_limit_resume puts the same one back: what was taken in between counts, but does not fail.
 */
void memory_limit_begin(size_t more_bytes);
void memory_limit_end(void);
void memory_limit_resume(void);

#endif
