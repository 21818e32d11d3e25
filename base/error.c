#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
	[ERROR_NONE] = "none",
	[ERROR_INPUT] = "input",
	[ERROR_LIMIT] = "limit",
	[ERROR_TEMPORARY] = "temporary",
	[ERROR_BUSY] = "busy",
	[ERROR_AUTH] = "auth",
	[ERROR_CONFLICT] = "conflict",
	[ERROR_STORAGE] = "storage",
	[ERROR_BUG] = "bug",
};

void error_write(struct error *err, enum error_kind kind, const char *format, ...)
{
	va_list values;

	err->kind = kind;
	va_start(values, format);
	vsnprintf(err->text, sizeof err->text, format, values);
	va_end(values);
}

void error_write_errno(
	struct error *err, enum error_kind kind, int saved_errno, const char *format, ...)
{
	va_list values;
	size_t used;

	err->kind = kind;
	va_start(values, format);
	vsnprintf(err->text, sizeof err->text, format, values);
	va_end(values);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(saved_errno));
}

void error_write_context(struct error *err, const char *format, ...)
{
	char inner[sizeof err->text];
	va_list values;
	size_t used;

	memcpy(inner, err->text, sizeof inner);
	va_start(values, format);
	vsnprintf(err->text, sizeof err->text, format, values);
	va_end(values);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof err->text - used, ": %s", inner);
}

const char *error_kind_name(enum error_kind kind)
{
	return kind_names[kind];
}
