#include "cli/change.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/json.h"

bool change_begin(
	struct cli *cli, struct span summary, struct operation *operation, struct error *err)
{
	const struct command *command = cli->invocation.command;
	struct span verb = arena_format(&cli->arena, "%s%s%s", command->noun,
		command->verb ? " " : "", command->verb ? command->verb : "");

	if (!db_begin_write(cli->db, err))
		return false;
	if (!operation_begin(
		    cli->db, cli->actor, verb.data, summary, cli->now_ms, operation, err)) {
		db_rollback(cli->db);
		return false;
	}
	return true;
}

bool change_end(struct cli *cli, struct operation *operation, bool good, struct error *err)
{
	if (!good || cli_flag(cli, "dry-run")) {
		db_rollback(cli->db);
		operation->id = 0;
		return good;
	}
	return db_commit(cli->db, err);
}

void change_report(struct cli *cli, int64_t operation_id, json_t *more, const char *format, ...)
{
	bool dry_run = cli_flag(cli, "dry-run");
	char text[1024];
	va_list values;
	json_t *object;

	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	if (dry_run)
		message_print("dry run, nothing was written: %s", text);
	else if (operation_id)
		message_print("%s; undo with: postroom undo %" PRId64, text, operation_id);
	else
		message_print("%s", text);
	if (!cli->output.json) {
		json_decref(more);
		return;
	}
	object = json_object();
	json_object_set_new(object, "operation", json_id(operation_id));
	json_object_set_new(object, "dry_run", json_boolean(dry_run));
	if (more)
		json_object_update(object, more);
	json_decref(more);
	output_json(&cli->output, object, false);
}
