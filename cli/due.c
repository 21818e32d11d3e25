#include "cli/due.h"

#include "base/zone.h"
#include "parser/facts_request.h"

bool due_read(struct cli *cli, const char *text, struct due *due, struct error *err)
{
	return due_read_from(cli, text, cli_today(cli), due, err);
}

bool due_read_from(
	struct cli *cli, const char *text, struct date from, struct due *due, struct error *err)
{
	const struct config *config = cli->config;
	struct facts_request request;
	struct span address;

	*due = (struct due){0};
	if (!*text || date_from_text(span_from(text), &due->date))
		return true;
	address = arena_format(&cli->arena, "due+%s@localhost", text);
	if (!request_read(&cli->arena, address, '+', &request))
		return error_set(err, ERROR_INPUT, "`%s` says no day", text);
	if (request.error.size)
		return error_set(err, ERROR_INPUT, "due `%s`: %.*s", text, SPAN_ARG(request.error));
	due->date = request_due(&request, from, config->days_off, config->days_off_count);
	if (!date_is_set(due->date))
		return error_set(err, ERROR_INPUT,
			"`%s` says no day; try 2026-12-03, 2w, 3wd, fri or tomorrow", text);
	if (request.hour >= 0)
		due->at_ms = zone_instant(config->zone, due->date, request.hour, request.minute, 0);
	return true;
}
