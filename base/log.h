/*
 * log.h - structured log lines on stderr: `<6>event key=value key="two words"`. The number is
 * syslog's priority, which journald takes off. Values are escaped; a failure is logged once, where
 * somebody acts on it. No bodies, passwords or tokens. Only daemon/ and cli/ log.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7
};

struct log_field {
	const char *name;
	enum { LOG_TEXT, LOG_NUMBER } type;
	struct span text;
	int64_t number;
};

static inline struct log_field log_text(const char *name, struct span text)
{
	return (struct log_field){name, LOG_TEXT, text, 0};
}

static inline struct log_field log_string(const char *name, const char *string)
{
	return log_text(name, span_from(string));
}

static inline struct log_field log_number(const char *name, int64_t number)
{
	return (struct log_field){name, LOG_NUMBER, {0}, number};
}

/* The role ("ledger", "reader") and, where it has one, its mailbox stand in every line. */
void log_open(const char *role, const char *mailbox, enum log_level at_most);
void log_write(
	enum log_level level, const char *event, const struct log_field *fields, size_t count);
/* log_event(LOG_LEVEL_INFO, "stored", log_number("uid", 812), log_text("subject", subject)); */
#define log_event(level, event, ...)                                         \
	log_write((level), (event), (const struct log_field[]){__VA_ARGS__}, \
		sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
/* An error with its kind and text as fields error_kind and error. */
void log_failure(enum log_level level, const char *event, const struct error *err);

#endif
