/*
 * compiler.h - the attributes that every layer uses, under names that say what they demand.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

/* The caller may not drop the result. */
#define MUST_CHECK __attribute__((warn_unused_result))
/* printf-like: argument number of the format, number of the first value. */
#define PRINTF_LIKE(index, first) __attribute__((format(printf, index, first)))
/* Calls FUNCTION(&variable) when the variable leaves its scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))
#define UNUSED		  __attribute__((unused))

/*
 * 1 in a build with a sanitizer, whose runtime wants terabytes of addresses for its shadow, files
 * and ptrace: limits and sandboxes make way for it.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
