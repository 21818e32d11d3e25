#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's numbers (include/uapi/linux/landlock.h), up to ABI 6. */
#define FS_EXECUTE	  (UINT64_C(1) << 0)
#define FS_WRITE_FILE	  (UINT64_C(1) << 1)
#define FS_READ_FILE	  (UINT64_C(1) << 2)
#define FS_READ_DIR	  (UINT64_C(1) << 3)
#define FS_REMOVE_DIR	  (UINT64_C(1) << 4)
#define FS_REMOVE_FILE	  (UINT64_C(1) << 5)
#define FS_MAKE_DIR	  (UINT64_C(1) << 7)
#define FS_MAKE_REG	  (UINT64_C(1) << 8)
#define FS_REFER	  (UINT64_C(1) << 13)
#define FS_TRUNCATE	  (UINT64_C(1) << 14)
#define FS_ALL_1	  ((UINT64_C(1) << 13) - 1) /* of ABI 1 */
#define NET_BIND_TCP	  (UINT64_C(1) << 0)
#define NET_CONNECT_TCP	  (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT	  (UINT64_C(1) << 0)
#define SCOPE_SIGNAL	  (UINT64_C(1) << 1)
#define CREATE_ASK_ABI	  1
#define RULE_PATH_BENEATH 1
#define FS_OF_FILES	  (FS_EXECUTE | FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE)

/* What older kernels don't know must be 0 and is then ignored by them. */
struct ruleset {
	uint64_t handled_fs, handled_net, scoped;
};

struct __attribute__((packed)) path_beneath {
	uint64_t allowed;
	int32_t parent;
};

static int abi_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_ASK_ABI);
}

bool landlock_is_there(void)
{
	return abi_version() >= 1;
}

static struct ruleset ruleset_for(int abi, bool may_connect)
{
	struct ruleset set = {.handled_fs = FS_ALL_1};

	if (abi >= 2)
		set.handled_fs |= FS_REFER;
	if (abi >= 3)
		set.handled_fs |= FS_TRUNCATE;
	if (abi >= 4)
		set.handled_net = NET_BIND_TCP | (may_connect ? 0 : NET_CONNECT_TCP);
	if (abi >= 6)
		set.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
	return set;
}

static uint64_t rights_of(enum landlock_access access)
{
	uint64_t rights = FS_READ_FILE | FS_READ_DIR;

	if (access == LANDLOCK_EXECUTE)
		rights |= FS_EXECUTE;
	if (access >= LANDLOCK_OVERWRITE)
		rights |= FS_WRITE_FILE | FS_TRUNCATE;
	if (access >= LANDLOCK_CHANGE)
		rights |= FS_MAKE_REG | FS_MAKE_DIR | FS_REMOVE_FILE | FS_REMOVE_DIR | FS_REFER;
	return rights;
}

static bool add_path(
	int ruleset, const struct ruleset *set, const struct landlock_path *path, struct error *err)
{
	struct path_beneath rule = {.allowed = rights_of(path->access) & set->handled_fs};
	struct stat info;
	bool added;

	rule.parent = open(path->path, O_PATH | O_CLOEXEC);
	if (rule.parent < 0 && !path->required)
		return true;
	if (rule.parent < 0)
		return error_set_errno(err, ERROR_INPUT, errno, "sandbox: open %s", path->path);
	if (fstat(rule.parent, &info) == 0 && !S_ISDIR(info.st_mode))
		rule.allowed &= FS_OF_FILES;
	added = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 ||
		error_set_errno(err, ERROR_TEMPORARY, errno, "sandbox: allow %s", path->path);
	close(rule.parent);
	return added;
}

bool landlock_enter(
	const struct landlock_path *paths, size_t count, bool may_connect, struct error *err)
{
	int abi = abi_version(), ruleset;
	struct ruleset set = ruleset_for(abi, may_connect);
	bool ok = true;

	if (abi < 1) /* not built in, or switched off at boot */
		return true;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &set, sizeof set, 0);
	if (ruleset < 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "sandbox: Landlock");
	for (size_t i = 0; ok && i < count; i++)
		ok = add_path(ruleset, &set, &paths[i], err);
	if (ok && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		ok = error_set_errno(err, ERROR_TEMPORARY, errno, "sandbox: Landlock");
	close(ruleset);
	return ok;
}
