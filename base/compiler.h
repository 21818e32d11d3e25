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

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
