/*
 * doctor_files.c - what lies on disk: programs, the state directory, the database, secrets, unit.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/landlock.h"
#include "base/process.h"
#include "cli/doctor.h"
#include "parser/protocol.h"
#include "store/backup.h"

void doctor_programs(struct doctor *doctor)
{
	static const char *const names[] = {"postroom-parser", "postroom-pdf"};
	struct error err;
	char path[4096];

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (!process_sibling(names[i], path, sizeof path, &err))
			doctor_finding(
				doctor, "error", "install the package again", "%s", err.text);
		else if (access(path, X_OK) < 0)
			doctor_finding(doctor, "error", "install the package again", "%s: %s", path,
				strerror(errno));
	}
	if (access(PDF_PROGRAM, X_OK) < 0)
		doctor_finding(doctor, "warning", "apt-get install poppler-utils",
			"%s: %s: no text of PDFs is read, only the XML in them", PDF_PROGRAM,
			strerror(errno));
}

/* Group and mode, without which a CLI killed in the middle leaves files the daemon can't open. */
void doctor_directory(struct doctor *doctor)
{
	const char *path = doctor->cli->config->state_directory;
	struct stat info;
	char mend[4200];

	if (stat(path, &info) < 0) {
		doctor_finding(doctor, "error",
			errno == EACCES ? "join the group postroom, then log in again"
					: "start the daemon: systemctl enable --now postroomd",
			"%s: %s", path, strerror(errno));
		return;
	}
	snprintf(mend, sizeof mend, "chmod 2770 %s", path);
	if (!S_ISDIR(info.st_mode))
		doctor_finding(doctor, "error", "set storage.directory to a folder",
			"%s is no folder", path);
	else if (info.st_mode & S_IRWXO)
		doctor_finding(doctor, "error", mend, "%s can be entered by everybody", path);
	else if ((info.st_mode & (S_ISGID | S_IRWXG)) != (S_ISGID | S_IRWXG))
		doctor_finding(doctor, "warning", mend,
			"%s: mode %04o lets only its owner work here; people in the group can't",
			path, info.st_mode & 07777u);
}

static void database_mode(struct doctor *doctor, const char *path)
{
	struct stat info;
	char mend[4200];

	if (stat(path, &info) < 0)
		return; /* a file that need not be there, or a folder judged before */
	snprintf(mend, sizeof mend, "chmod 0660 %s", path);
	if (info.st_mode & S_IRWXO)
		doctor_finding(doctor, "error", mend, "%s is open to everybody (mode %04o)", path,
			info.st_mode & 07777u);
}

void doctor_database(struct doctor *doctor)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	struct cli *cli = doctor->cli;
	struct error err;

	for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++) {
		struct span path = arena_format(
			&cli->arena, "%s/postroom.db%s", cli->config->state_directory, suffixes[i]);

		if (i == 0 && access(path.data, F_OK) < 0) {
			doctor_finding(doctor, "error",
				"start the daemon: systemctl enable --now postroomd", "%s: %s",
				path.data, strerror(errno));
			return;
		}
		database_mode(doctor, path.data);
	}
	if (!db_open(cli->config->state_directory, DB_READ, &cli->db, &err)) {
		doctor_finding(doctor, "error",
			err.kind == ERROR_CONFLICT ? "install the version it names"
						   : "follow the message, or postroom restore",
			"%s", err.text);
		return;
	}
	cli->db_mode = DB_READ;
	if (!backup_check(cli->db, &err))
		doctor_finding(doctor, "error",
			"stop the daemon and put a good backup in place: postroom restore FILE",
			"the database is damaged: %s", err.text);
}

void doctor_disk(struct doctor *doctor)
{
	const struct config *config = doctor->cli->config;
	struct statvfs info;
	int64_t free_bytes;

	if (statvfs(config->state_directory, &info) < 0)
		return;
	free_bytes = (int64_t)info.f_bavail * (int64_t)info.f_frsize;
	if (free_bytes < config->min_free_bytes)
		doctor_finding(doctor, "error",
			"make room, or lower storage.min_free; readers pause until then",
			"%s: %" PRId64 " MiB free, storage.min_free is %" PRId64 " MiB",
			config->state_directory, free_bytes >> 20, config->min_free_bytes >> 20);
}

static void secret_check(
	struct doctor *doctor, const struct config_secret *secret, const char *mailbox)
{
	struct stat info;
	mode_t forbidden;
	char mend[4200];

	/* What we may not look at is the daemon's business: `postroomd --check`. */
	if (!secret->file || (stat(secret->file, &info) < 0 && errno == EACCES))
		return;
	if (access(secret->file, F_OK) < 0) {
		snprintf(mend, sizeof mend, "write the secret into %s, mode 0600", secret->file);
		doctor_finding(doctor, "error", mend, "%s: %s: %s", mailbox, secret->file,
			strerror(errno));
		return;
	}
	/* As config/secret.c has it: a file of root's may be shared with the daemon's group. */
	forbidden = info.st_uid == 0 ? S_IWGRP | S_IRWXO : S_IRWXG | S_IRWXO;
	if (info.st_mode & forbidden) {
		snprintf(mend, sizeof mend, "chmod %s %s", info.st_uid == 0 ? "0640" : "0600",
			secret->file);
		doctor_finding(doctor, "error", mend, "%s: %s can be read by others (mode %04o)",
			mailbox, secret->file, info.st_mode & 07777u);
	}
}

void doctor_secrets(struct doctor *doctor)
{
	const struct config *config = doctor->cli->config;

	for (size_t i = 0; i < config->mailbox_count; i++) {
		secret_check(doctor, &config->mailboxes[i].password, config->mailboxes[i].name);
		secret_check(
			doctor, &config->mailboxes[i].policy_secret, config->mailboxes[i].name);
		secret_check(doctor, &config->mailboxes[i].oauth.client_secret,
			config->mailboxes[i].name);
	}
}

/* A note: the daemon works without it, and a kernel is not changed for it alone. */
void doctor_sandbox(struct doctor *doctor)
{
	if (!landlock_is_there())
		doctor_finding(doctor, "note",
			"a kernel of 5.13 or later, with landlock among the modules of lsm= at "
			"boot",
			"this kernel has no Landlock: the daemon's files are guarded by their "
			"modes "
			"and the system-call filters alone");
}

void doctor_unit(struct doctor *doctor)
{
	static const char *const folders[] = {
		"/etc/systemd/system",
		"/run/systemd/system",
		"/usr/local/lib/systemd/system",
		"/usr/lib/systemd/system",
		"/lib/systemd/system",
	};
	char path[256];

	if (access("/run/systemd/system", F_OK) < 0)
		return; /* another init */
	for (size_t i = 0; i < ARRAY_COUNT(folders); i++) {
		snprintf(path, sizeof path, "%s/postroomd.service", folders[i]);
		if (access(path, F_OK) == 0)
			return;
	}
	doctor_finding(doctor, "warning",
		"cmake --install puts it in place; then: systemctl daemon-reload && systemctl "
		"enable --now postroomd",
		"there is no postroomd.service: nothing starts the daemon at boot");
}
