/* Runs a fuzz target once on each file of the folders given, each in a block of its exact size. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "tests/fuzz/fuzz.h"

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat info;
	uint8_t *bytes;
	size_t size;

	if (!file || fstat(fileno(file), &info) != 0) {
		perror(path);
		return 1;
	}
	bytes = memory_alloc((size_t)info.st_size);
	size = fread(bytes, 1, (size_t)info.st_size, file);
	fclose(file);
	/* printed before, so that the last line names the file that broke it */
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	return 0;
}

static int run_folder(const char *path, int *count)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int failures = 0;

	if (!folder) {
		perror(path);
		return 1;
	}
	while ((entry = readdir(folder))) {
		char name[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		failures += run_file(name);
		(*count)++;
	}
	closedir(folder);
	return failures;
}

int main(int argc, char **argv)
{
	int failures = 0, count = 0;

	for (int i = 1; i < argc; i++)
		failures += run_folder(argv[i], &count);
	printf("%d files\n", count);
	return failures > 0 || count == 0;
}
