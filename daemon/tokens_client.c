#include "daemon/tokens_client.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/process.h"
#include "base/text.h"
#include "config/secret.h"
#include "daemon/role.h"
#include "daemon/tokens_wire.h"

/* Nobody watches over this one. */
#define PROGRESS_MS	5000
#define TOKEN_MAX_BYTES 16384

struct client {
	pid_t pid;
	int control;
	struct buffer in;
};

static bool start_role(struct client *client, struct error *err)
{
	char *arguments[] = {(char[]){"postroomd"}, (char[]){"--role"}, (char[]){"tokens"}, NULL};
	int ends[2];
	bool started;

	if (!process_socket_pair(ends, err))
		return false;
	struct process_descriptor descriptors[] = {{ends[1], ROLE_CONTROL_FD}};
	struct process_options options = {
		.program = "/proc/self/exe",
		.arguments = arguments,
		.descriptors = descriptors,
		.descriptor_count = ARRAY_COUNT(descriptors),
		.file_bytes = UINT64_MAX,
	};
	started = process_start(&options, &client->pid, err);
	close(ends[1]);
	if (started)
		client->control = ends[0];
	else
		close(ends[0]);
	return started;
}

static bool send_start(struct client *client, const struct config *config,
	const struct config_mailbox *mailbox, struct error *err)
{
	CLEANUP(secret_done) struct buffer secret = {0};
	CLEANUP(secret_done) struct buffer account_bytes = {0};
	CLEANUP(secret_done) struct buffer body = {0};
	struct tokens_account account;
	struct tokens_start start = {
		.state_directory = span_from(config->state_directory),
		.progress_ms = PROGRESS_MS,
		.quiet = true,
		.account_count = 1,
	};

	tokens_account_from_config(mailbox, &secret, &account);
	tokens_write_account(&account, &account_bytes);
	start.accounts = buffer_span(&account_bytes);
	tokens_write_start(&start, &body);
	return frame_write(client->control, TOKENS_START, buffer_span(&body), err);
}

/* The next frame of this type; what the role says beside it is for a supervisor. */
static bool receive(
	struct client *client, uint32_t either, uint32_t or, struct frame *frame, struct error *err)
{
	struct role_refused refused;
	bool ended;

	do {
		if (!frame_read(client->control, &client->in, ROLE_MAX_BYTES, frame, &ended, err))
			return false;
		if (ended)
			return error_set(
				err, ERROR_TEMPORARY, "the tokens role ended; its log says why");
		if (frame->type == ROLE_REFUSED)
			return role_read_refused(frame->body, &refused, err) &&
			       error_set(err, refused.kind, "%.*s", SPAN_ARG(refused.text));
	} while (frame->type != either && frame->type != or);
	return true;
}

/* What it writes as somebody else the daemon could not read any more. */
static bool check_user(const struct config *config, struct error *err)
{
	const char *path = config->state_directory;
	struct passwd *owner;
	struct stat status;

	if (stat(path, &status) != 0)
		return error_set_errno(err, ERROR_INPUT, errno, "%s", path);
	if (status.st_uid == geteuid())
		return true;
	owner = getpwuid(status.st_uid);
	return error_set(err, ERROR_INPUT,
		"the tokens in %s belong to the daemon's user; run this as: sudo -u %s", path,
		owner ? owner->pw_name : "POSTROOM");
}

static bool open_client(struct client *client, const struct config *config,
	const struct config_mailbox *mailbox, struct error *err)
{
	struct frame frame;

	*client = (struct client){.control = -1};
	return check_user(config, err) && start_role(client, err) &&
	       send_start(client, config, mailbox, err) &&
	       receive(client, ROLE_READY, ROLE_READY, &frame, err);
}

static void close_client(struct client *client)
{
	if (client->control >= 0)
		close(client->control);
	while (client->pid > 0 && waitpid(client->pid, NULL, 0) < 0 && errno == EINTR)
		;
	secret_done(&client->in);
}

static bool fetch(struct client *client, const struct config_mailbox *mailbox, struct buffer *token,
	struct error *err)
{
	const struct tokens_wanted wanted = {.mailbox = span_from(mailbox->name)};
	CLEANUP(buffer_done) struct buffer body = {0};
	struct tokens_token answer;
	struct frame frame;

	tokens_write_wanted(&wanted, &body);
	if (!frame_write(client->control, TOKENS_WANTED, buffer_span(&body), err) ||
		!receive(client, TOKENS_TOKEN, TOKENS_TOKEN, &frame, err) ||
		!tokens_read_token(frame.body, &answer, err))
		return false;
	if (answer.error != ERROR_NONE)
		return error_set(err, answer.error, "%.*s", SPAN_ARG(answer.text));
	buffer_copy(token, answer.access_token);
	return true;
}

bool tokens_client_fetch(const struct config *config, const struct config_mailbox *mailbox,
	struct buffer *token, struct error *err)
{
	struct client client;
	bool ok = open_client(&client, config, mailbox, err) && fetch(&client, mailbox, token, err);

	close_client(&client);
	return ok;
}

/* ---------------------------------------------------------------- logging in */

static bool read_line(struct buffer *line)
{
	char byte;
	ssize_t got;

	while ((got = read(STDIN_FILENO, &byte, 1)) == 1 && byte != '\n' &&
		line->size < TOKEN_MAX_BYTES)
		buffer_append_byte(line, byte);
	if (line->size > 0 && line->data[line->size - 1] == '\r')
		line->size--;
	return line->size > 0;
}

/* From a pipe, or typed without being shown. */
static bool read_token(struct buffer *token, struct error *err)
{
	struct termios shown, hidden;
	bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0, done;
	sigset_t interrupt, before;

	buffer_reserve(token, TOKEN_MAX_BYTES + 1);
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT); /* not before the terminal shows what is typed again */
	sigprocmask(SIG_BLOCK, &interrupt, &before);
	if (terminal) {
		hidden = shown;
		hidden.c_lflag &= (tcflag_t)~ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
		fputs("refresh token (not shown): ", stderr);
	}
	done = read_line(token);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		fputc('\n', stderr);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return done || error_set(err, ERROR_INPUT, "no refresh token was given on stdin");
}

static bool print_code(struct span body, struct error *err)
{
	CLEANUP(buffer_done) struct buffer address = {0};
	CLEANUP(buffer_done) struct buffer user_code = {0};
	struct tokens_code code;

	if (!tokens_read_code(body, &code, err))
		return false;
	text_escape_line(&address, code.address);
	text_escape_line(&user_code, code.user_code);
	printf("Open   %s\nenter  %s\nand log in as the mailbox's user, within %lld minutes.\n",
		buffer_string(&address), buffer_string(&user_code),
		(long long)(code.lifetime_ms / 60000));
	fflush(stdout);
	return true;
}

static bool log_in(struct client *client, const struct config_mailbox *mailbox, struct span token,
	struct error *err)
{
	const struct tokens_login login = {span_from(mailbox->name), token};
	CLEANUP(secret_done) struct buffer body = {0};
	struct tokens_logged_in done;
	struct frame frame;

	buffer_reserve(&body, token.size + 256);
	tokens_write_login(&login, &body);
	if (!frame_write(client->control, TOKENS_LOGIN, buffer_span(&body), err) ||
		!receive(client, TOKENS_CODE, TOKENS_LOGGED_IN, &frame, err))
		return false;
	if (frame.type == TOKENS_CODE &&
		(!print_code(frame.body, err) ||
			!receive(client, TOKENS_LOGGED_IN, TOKENS_LOGGED_IN, &frame, err)))
		return false;
	if (!tokens_read_logged_in(frame.body, &done, err))
		return false;
	return done.error == ERROR_NONE || error_set(err, done.error, "%.*s", SPAN_ARG(done.text));
}

bool tokens_client_login(const struct config *config, const struct config_mailbox *mailbox,
	bool stdin_token, struct error *err)
{
	CLEANUP(secret_done) struct buffer token = {0};
	struct client client;
	bool ok;

	if (mailbox->oauth.grant != GRANT_REFRESH_TOKEN)
		return error_set(err, ERROR_INPUT,
			"nobody logs in to this mailbox: that goes with login: {oauth: {grant: "
			"refresh-token}} only");
	if (stdin_token && !read_token(&token, err))
		return false;
	ok = open_client(&client, config, mailbox, err) &&
	     log_in(&client, mailbox, buffer_span(&token), err);
	close_client(&client);
	if (ok)
		printf("%s: logged in; the login is stored and renewed by itself\n", mailbox->name);
	return ok;
}
