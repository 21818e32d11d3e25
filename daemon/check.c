#include "daemon/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "config/load.h"
#include "config/secret.h"
#include "daemon/reader.h"
#include "daemon/supervisor.h"
#include "daemon/tokens_client.h"

#define EXIT_NOT_FOUND 3

static bool start_of(const struct config *config, const struct config_mailbox *mailbox,
	struct buffer *secret, struct arena *arena, struct wire_start *start, struct error *err)
{
	bool ok = mailbox->oauth.grant != GRANT_NONE
			  ? tokens_client_fetch(config, mailbox, secret, err)
			  : supervisor_read_secret(mailbox, secret, err);

	if (!ok)
		return false;
	wire_start_from_config(
		mailbox, buffer_span(secret), config->limit_message_bytes, arena, start);
	return true;
}

static bool log_in(const struct config *config, const struct config_mailbox *mailbox)
{
	CLEANUP(secret_done) struct buffer secret = {0};
	struct arena arena = {0};
	struct wire_start start;
	struct error err;
	bool ok = start_of(config, mailbox, &secret, &arena, &start, &err) &&
		  reader_check(&start, &err);

	if (ok)
		printf("%s: ok (%s as %s, %zu folder%s)\n", mailbox->name, mailbox->server.host,
			mailbox->user, mailbox->folder_count,
			mailbox->folder_count == 1 ? "" : "s");
	else
		printf("%s: %s: %s\n", mailbox->name, error_kind_name(err.kind), err.text);
	arena_done(&arena);
	return ok;
}

/* In a process of its own, as the reader would be: a server that crashes it costs one line. */
static bool log_in_apart(const struct config *config, const struct config_mailbox *mailbox)
{
	char how[64];
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		bool ok = log_in(config, mailbox);

		fflush(stdout);
		_exit(ok ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		printf("%s: can't start a process\n", mailbox->name);
		return false;
	}
	if (!WIFEXITED(status))
		printf("%s: the connection broke the reader (%s): please report it\n",
			mailbox->name, process_status_text(status, how));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int check_main(const char *config_path)
{
	struct config *config;
	struct error err;
	bool ok = true;

	if (!config_load(config_path, &config, &err)) {
		fprintf(stderr, "postroomd: %s\n", err.text);
		return 1;
	}
	for (size_t i = 0; i < config->mailbox_count; i++)
		ok = log_in_apart(config, &config->mailboxes[i]) && ok;
	config_free(config);
	return ok ? 0 : 1;
}

static void print_preview(
	const struct reader_preview *preview, const struct config_mailbox *mailbox)
{
	if (!preview->found) {
		printf("%s/%.*s: %s\n", mailbox->name, SPAN_ARG(preview->folder), preview->text);
		return;
	}
	printf("%s/%.*s: %llu mails, %.1f MB", mailbox->name, SPAN_ARG(preview->folder),
		(unsigned long long)preview->messages, (double)preview->bytes / 1e6);
	if (date_is_set(mailbox->since))
		printf("; %llu since then, the others become history only",
			(unsigned long long)preview->since);
	putchar('\n');
}

static bool preview(
	const struct config *config, const struct config_mailbox *mailbox, struct error *err)
{
	CLEANUP(secret_done) struct buffer secret = {0};
	struct arena arena = {0};
	struct wire_start start;
	struct reader_preview *previews =
		calloc(mailbox->folder_count, sizeof(struct reader_preview));
	bool ok = previews && start_of(config, mailbox, &secret, &arena, &start, err) &&
		  reader_preview(&start, mailbox->since, previews, err);

	for (size_t i = 0; ok && i < mailbox->folder_count; i++)
		print_preview(&previews[i], mailbox);
	free(previews);
	arena_done(&arena);
	return ok;
}

static bool run_preview(const struct config *config, const struct config_mailbox *mailbox,
	bool unused UNUSED, struct error *err)
{
	return preview(config, mailbox, err);
}

/* What a person asked for with one mailbox, which is named to postroomd. */
static int with_mailbox(const char *config_path, const char *name,
	bool (*run)(const struct config *config, const struct config_mailbox *mailbox, bool option,
		struct error *err),
	bool option)
{
	const struct config_mailbox *mailbox;
	struct config *config;
	struct error err;
	int status = 0;

	if (!config_load(config_path, &config, &err)) {
		fprintf(stderr, "postroomd: %s\n", err.text);
		return 1;
	}
	mailbox = config_mailbox(config, name);
	if (!mailbox) {
		fprintf(stderr, "postroomd: no mailbox %s in %s\n", name, config_path);
		status = EXIT_NOT_FOUND;
	} else if (!run(config, mailbox, option, &err)) {
		fprintf(stderr, "postroomd: %s: %s\n", name, err.text);
		status = 1;
	}
	config_free(config);
	return status;
}

int preview_main(const char *config_path, const char *name)
{
	return with_mailbox(config_path, name, run_preview, false);
}

int login_main(const char *config_path, const char *name, bool stdin_token)
{
	return with_mailbox(config_path, name, tokens_client_login, stdin_token);
}
