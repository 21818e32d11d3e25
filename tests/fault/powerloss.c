/*
 * powerloss - records what an intake asks of the disk, then opens the disks that a power loss could
 * have left at every moment of it, and looks for the mails that were acknowledged before.
 *
 *	powerloss IMAGES [normal]
 *
 * `normal`: with synchronous=NORMAL, which gives up the last commits; the test has to see that.
 * Prints one JSON object; exit 1 when anything acknowledged is missing or a database is damaged.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/intake.h"

#define WORKERS_MAX 8

struct tally {
	uint64_t images, acknowledged; /* batches acknowledged before the cuts */
	uint64_t unacknowledged_found; /* images with a batch whose commit had not come back */
	uint64_t lost;		       /* images in which an acknowledged batch is missing */
	uint64_t damaged;	       /* images that can't be opened or are wrong inside */
};

struct recording {
	struct disk_log log;
	size_t acknowledged[INTAKE_BATCHES];
};

/* ---------------------------------------------------------------- folders */

/* Memory where there is some: a sync there costs nothing. */
static void make_folder(char *path, size_t size)
{
	snprintf(path, size, "%s/postroom-power-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(path)) {
		perror(path);
		exit(2);
	}
}

static void empty_folder(const char *folder)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;

	if (!entries)
		return;
	while ((entry = readdir(entries)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(entries), entry->d_name, 0);
	closedir(entries);
}

static void remove_folder(const char *folder)
{
	empty_folder(folder);
	if (rmdir(folder) != 0)
		perror(folder);
}

/* ---------------------------------------------------------------- one image */

static size_t acknowledged_before(const struct recording *recording, size_t op)
{
	size_t batches = 0;

	while (batches < INTAKE_BATCHES && recording->acknowledged[batches] <= op)
		batches++;
	return batches;
}

static void judge(const char *folder, size_t acknowledged, struct tally *tally, struct error *err)
{
	struct db *db;
	size_t found;

	if (!db_open(folder, DB_WRITE, &db, err)) {
		tally->damaged++;
		return;
	}
	if (!intake_found(db, &found, err) || !intake_check(db, found, err)) {
		tally->damaged++;
	} else if (found < acknowledged) {
		tally->lost++;
		error_write(err, ERROR_STORAGE, "%zu of %zu acknowledged batches are there", found,
			acknowledged);
	}
	tally->acknowledged += acknowledged;
	tally->unacknowledged_found += found > acknowledged;
	db_close(db);
}

static void try_image(const struct recording *recording, struct disk *disk, size_t number,
	size_t op, const char *folder, struct tally *tally)
{
	enum disk_loss loss = (enum disk_loss)(number % DISK_LOSSES);
	size_t sector_size = number / DISK_LOSSES % 2 ? 512 : 4096;
	struct error err = {0};

	empty_folder(folder);
	disk_advance(disk, op);
	if (!disk_cut(disk, loss, sector_size, number, folder)) {
		perror(folder);
		exit(2);
	}
	tally->images++;
	judge(folder, acknowledged_before(recording, op), tally, &err);
	if (err.kind != ERROR_NONE)
		fprintf(stderr, "image %zu, op %zu of %zu, loss %d, sectors of %zu: %s\n", number,
			op, recording->log.count, (int)loss, sector_size, err.text);
}

/* ---------------------------------------------------------------- all of them */

/* Worker W of N takes every Nth image; its tally comes back by the pipe. */
static void work(
	const struct recording *recording, size_t images, size_t worker, size_t workers, int out)
{
	struct disk *disk = disk_new(&recording->log);
	struct tally tally = {0};
	char folder[64];

	make_folder(folder, sizeof folder);
	for (size_t i = worker; i < images; i += workers)
		try_image(recording, disk, i, (recording->log.count + 1) * i / images, folder,
			&tally);
	remove_folder(folder);
	disk_free(disk);
	exit(write(out, &tally, sizeof tally) == sizeof tally ? 0 : 2);
}

static void add_tally(struct tally *sum, const struct tally *part)
{
	sum->images += part->images;
	sum->acknowledged += part->acknowledged;
	sum->unacknowledged_found += part->unacknowledged_found;
	sum->lost += part->lost;
	sum->damaged += part->damaged;
}

static bool try_images(const struct recording *recording, size_t images, struct tally *sum)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t workers = cores < 1 ? 1 : cores > WORKERS_MAX ? WORKERS_MAX : (size_t)cores;
	struct tally part;
	bool ok = true;
	int ends[2];

	if (pipe(ends) != 0)
		return false;
	for (size_t i = 0; i < workers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return false;
		if (pid == 0)
			work(recording, images, i, workers, ends[1]);
	}
	close(ends[1]);
	while (read(ends[0], &part, sizeof part) == sizeof part)
		add_tally(sum, &part);
	close(ends[0]);
	for (size_t i = 0; i < workers; i++) {
		int status;

		ok = wait(&status) > 0 && status == 0 && ok;
	}
	return ok;
}

static bool record(struct recording *recording, bool normal)
{
	struct error err = {0};
	char folder[64];
	bool ok;

	make_folder(folder, sizeof folder);
	disk_vfs_record(&recording->log);
	ok = intake_run(folder, normal ? "PRAGMA synchronous = NORMAL" : NULL, &recording->log,
		recording->acknowledged, &err);
	disk_vfs_record(NULL);
	remove_folder(folder);
	if (!ok)
		fprintf(stderr, "the intake: %s\n", err.text);
	return ok;
}

int main(int argc, char **argv)
{
	static struct recording recording;
	bool normal = argc == 3 && strcmp(argv[2], "normal") == 0;
	size_t images = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	struct tally tally = {0};

	if (!images || argc > 3 || (argc == 3 && !normal)) {
		fprintf(stderr, "usage: powerloss IMAGES [normal]\n");
		return 2;
	}
	disk_vfs_register();
	if (!record(&recording, normal) || !try_images(&recording, images, &tally))
		return 2;
	printf("{\"images\": %" PRIu64 ", \"ops\": %zu, \"writes\": %zu, \"syncs\": %zu, "
	       "\"batches\": %d, \"mails\": %d, \"acknowledged\": %" PRIu64
	       ", \"unacknowledged_found\": %" PRIu64 ", \"lost\": %" PRIu64
	       ", \"damaged\": %" PRIu64 "}\n",
		tally.images, recording.log.count, recording.log.writes, recording.log.syncs,
		INTAKE_BATCHES, INTAKE_BATCHES * INTAKE_BATCH, tally.acknowledged,
		tally.unacknowledged_found, tally.lost, tally.damaged);
	disk_log_done(&recording.log);
	return tally.images != images || tally.lost || tally.damaged;
}
