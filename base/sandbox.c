#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/landlock.h"
#include "base/privilege.h"

/* Of every role: memory, time, signals to itself, and the descriptors that it has. */
static const int common_calls[] = {SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64),
	SCMP_SYS(preadv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(pwritev),
	SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(lseek), SCMP_SYS(fcntl), SCMP_SYS(dup),
	SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(shutdown), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(socketpair),
	SCMP_SYS(fstat), SCMP_SYS(fstatfs), SCMP_SYS(memfd_create), SCMP_SYS(ftruncate),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(membarrier),
	SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(nanosleep), SCMP_SYS(times), SCMP_SYS(getrusage), SCMP_SYS(sysinfo),
	SCMP_SYS(uname), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigpending), SCMP_SYS(rt_sigsuspend), SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(alarm), SCMP_SYS(setitimer),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* Waiting for many descriptors and for signals. */
static const int event_calls[] = {SCMP_SYS(epoll_create), SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),
	SCMP_SYS(eventfd2), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
	SCMP_SYS(timerfd_gettime), SCMP_SYS(signalfd4)};

/* Looking at names of files; Landlock says at which ones may be opened. */
static const int look_calls[] = {SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
	SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(getdents64)};

static const int open_calls[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(creat)};

/* What SQLite and durable files need. */
static const int store_calls[] = {SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(sync_file_range),
	SCMP_SYS(fallocate), SCMP_SYS(fadvise64), SCMP_SYS(flock), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(link), SCMP_SYS(linkat),
	SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(fchown), SCMP_SYS(umask),
	SCMP_SYS(utimensat), SCMP_SYS(copy_file_range)};

static const int connect_calls[] = {SCMP_SYS(connect),
	SCMP_SYS(bind) /* getaddrinfo's netlink socket */, SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg)};

static const int accept_calls[] = {SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendmmsg),
	SCMP_SYS(sendfile), SCMP_SYS(flock),
	/* SQLite gives the files beside the database the owner and mode of the database */
	SCMP_SYS(fchown), SCMP_SYS(fchmod), SCMP_SYS(fsync), SCMP_SYS(fdatasync)};

/* Starting a program and waiting for its end; what is started needs the same to begin. */
static const int start_calls[] = {SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(execve),
	SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(kill), SCMP_SYS(pidfd_open),
	SCMP_SYS(setrlimit), SCMP_SYS(prlimit64), SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address)};

/* Descriptors may be passed as a path of "" with AT_EMPTY_PATH: glibc's fstat is a newfstatat. */
static const int parser_calls[] = {SCMP_SYS(newfstatat)};

/* Answered with EACCES: libraries try them and go on without. */
static const int parser_refused[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(socket)};
static const int ledger_refused[] = {SCMP_SYS(socket)};
static const int pdf_refused[] = {
	SCMP_SYS(socket), SCMP_SYS(creat), SCMP_SYS(unlink), SCMP_SYS(mkdir)};
/* The last reader of a database would like to tidy up. */
static const int feed_refused[] = {SCMP_SYS(socket), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(chmod), SCMP_SYS(fchmodat)};

/* What neither a role nor a secret's command has any business with. */
static const int supervisor_refused[] = {SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
	SCMP_SYS(chroot), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen),
	SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(mount_setattr),
	SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(reboot), SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(delete_module), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(kcmp), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
	SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register), SCMP_SYS(setns), SCMP_SYS(unshare),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex), SCMP_SYS(sethostname),
	SCMP_SYS(setdomainname), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(personality),
	SCMP_SYS(syslog), SCMP_SYS(vhangup), SCMP_SYS(migrate_pages), SCMP_SYS(move_pages),
	SCMP_SYS(lookup_dcookie)};

struct call_list {
	const int *calls;
	size_t count;
};
#define LIST(calls)                         \
	{                                   \
		(calls), ARRAY_COUNT(calls) \
	}

static const struct profile {
	struct call_list allowed[6], refused;
	bool reads_files, executable_memory, network;
	bool starts;	/* processes */
	bool threads;	/* libcurl resolves names in one */
	bool inherited; /* everything but the refused is allowed, and goes to the children */
	enum privilege_kept kept;
	rlim_t descriptors; /* 0: as many as before */
} profiles[SANDBOX_PROFILE_COUNT] = {
	[SANDBOX_PARSER] =
		{
			.descriptors = 64,
			.allowed = {LIST(common_calls), LIST(parser_calls)},
			.refused = LIST(parser_refused),
		},
	[SANDBOX_READER] =
		{
			.descriptors = 64,
			.allowed = {LIST(common_calls), LIST(event_calls), LIST(look_calls),
				LIST(connect_calls)},
			.reads_files = true,
			.executable_memory =
				true, /* the name service loads its modules on demand */
			.network = true,
		},
	[SANDBOX_LEDGER] =
		{
			.kept = PRIVILEGE_FILES,
			.allowed = {LIST(common_calls), LIST(event_calls), LIST(look_calls),
				LIST(open_calls), LIST(store_calls)},
			.refused = LIST(ledger_refused),
		},
	[SANDBOX_FEED] =
		{
			.kept = PRIVILEGE_FILES,
			.descriptors = 1024,
			.allowed = {LIST(common_calls), LIST(event_calls), LIST(look_calls),
				LIST(open_calls), LIST(accept_calls)},
			.refused = LIST(feed_refused),
		},
	[SANDBOX_TOKENS] =
		{
			.kept = PRIVILEGE_FILES,
			.allowed = {LIST(common_calls), LIST(event_calls), LIST(look_calls),
				LIST(open_calls), LIST(store_calls), LIST(connect_calls)},
			.executable_memory = true, /* as the reader */
			.network = true,
			.threads = true,
		},
	[SANDBOX_PDF] =
		{
			.allowed = {LIST(common_calls), LIST(look_calls), LIST(start_calls)},
			.refused = LIST(pdf_refused),
			.reads_files = true,
			.executable_memory = true, /* the program's libraries */
			.starts = true,
		},
	[SANDBOX_SUPERVISOR] =
		{
			.refused = LIST(supervisor_refused),
			.inherited = true,
			.kept = PRIVILEGE_SUPERVISOR,
		},
};

/* Adds one rule after the other until one fails; the first failure is kept. */
struct filter {
	scmp_filter_ctx context;
	int failure;
};

static void add_rule(struct filter *filter, uint32_t action, int call, unsigned argument_count,
	const struct scmp_arg_cmp *arguments)
{
	if (filter->failure == 0)
		filter->failure = seccomp_rule_add_array(
			filter->context, action, call, argument_count, arguments);
}

static void add_list(struct filter *filter, uint32_t action, struct call_list list)
{
	for (size_t i = 0; i < list.count; i++)
		add_rule(filter, action, list.calls[i], 0, NULL);
}

/* When the bits `mask` of argument number `index` are `value`. */
static void add_masked(struct filter *filter, uint32_t action, int call, unsigned index,
	uint64_t mask, uint64_t value)
{
	add_rule(filter, action, call, 1,
		(const struct scmp_arg_cmp[]){{index, SCMP_CMP_MASKED_EQ, mask, value}});
}

static void add_equal(struct filter *filter, int call, unsigned index, uint64_t value)
{
	add_rule(filter, SCMP_ACT_ALLOW, call, 1,
		(const struct scmp_arg_cmp[]){{index, SCMP_CMP_EQ, value, 0}});
}

/* Memory is never both written and run; PCRE2 then goes without its compiler, for one. */
static void add_memory(struct filter *filter, bool executable)
{
	static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};

	for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
		add_masked(filter, SCMP_ACT_ALLOW, calls[i], 2, PROT_EXEC, 0);
		if (!executable)
			add_masked(
				filter, SCMP_ACT_ERRNO(EACCES), calls[i], 2, PROT_EXEC, PROT_EXEC);
		else
			add_masked(filter, SCMP_ACT_ALLOW, calls[i], 2, PROT_EXEC | PROT_WRITE,
				PROT_EXEC);
	}
}

/*
 * abort() and raise() signal the process itself. Limits may be asked for; only the own one of
 * memory may be changed (memory_limit_begin), and never above its hard one.
 */
static void add_self(struct filter *filter)
{
	static const int ioctls[] = {TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO};

	add_equal(filter, SCMP_SYS(tgkill), 0, (uint64_t)getpid());
	add_equal(filter, SCMP_SYS(kill), 0, (uint64_t)getpid());
	add_equal(filter, SCMP_SYS(prlimit64), 2, 0);
	add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
		(const struct scmp_arg_cmp[]){
			{0, SCMP_CMP_EQ, 0, 0}, {1, SCMP_CMP_EQ, RLIMIT_AS, 0}});
	add_equal(filter, SCMP_SYS(prctl), 0, PR_SET_NAME);
	for (size_t i = 0; i < ARRAY_COUNT(ioctls); i++)
		add_equal(filter, SCMP_SYS(ioctl), 1, (uint64_t)ioctls[i]);
	/* its flags stand behind a pointer that no filter can follow; glibc asks and goes without
	 */
	add_rule(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0, NULL);
}

static void add_read_only_open(struct filter *filter)
{
	const uint64_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;

	add_masked(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, writing, 0);
	add_masked(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2, writing, 0);
}

static void add_sockets(struct filter *filter)
{
	/* Unix: nscd and systemd-resolved; netlink: getaddrinfo asks which addresses we have */
	static const int families[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK};

	for (size_t i = 0; i < ARRAY_COUNT(families); i++)
		add_equal(filter, SCMP_SYS(socket), 0, (uint64_t)families[i]);
}

/*
 * A thread is no process. clone3 keeps its flags behind a pointer that no filter can follow; glibc
 * then uses clone.
 */
static void add_threads(struct filter *filter)
{
	const uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

	add_masked(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0, thread | CLONE_NEWUSER, thread);
	add_rule(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL);
}

/* fork is a clone without any namespace; clone3 hides its flags, glibc then goes without it. */
static void add_start(struct filter *filter)
{
	add_masked(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0,
		CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
			CLONE_NEWPID | CLONE_NEWNET,
		0);
	add_rule(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL);
	add_equal(filter, SCMP_SYS(prctl), 0, PR_SET_PDEATHSIG);
}

/* By clone, one flag after the other; clone3's stand behind a pointer: glibc goes without it. */
static void refuse_namespaces(struct filter *filter)
{
	static const uint64_t flags[] = {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
		CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET};

	for (size_t i = 0; i < ARRAY_COUNT(flags); i++)
		add_masked(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 0, flags[i], flags[i]);
	add_rule(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL);
}

static void add_profile(struct filter *filter, const struct profile *profile)
{
	for (size_t i = 0; i < ARRAY_COUNT(profile->allowed); i++)
		add_list(filter, SCMP_ACT_ALLOW, profile->allowed[i]);
	if (profile->inherited) {
		add_list(filter, SCMP_ACT_ERRNO(EPERM), profile->refused);
		refuse_namespaces(filter);
		return;
	}
	add_list(filter, SCMP_ACT_ERRNO(EACCES), profile->refused);
	add_memory(filter, profile->executable_memory);
	add_self(filter);
	if (profile->reads_files)
		add_read_only_open(filter);
	if (profile->network)
		add_sockets(filter);
	if (profile->threads)
		add_threads(filter);
	if (profile->starts)
		add_start(filter);
}

static bool filter_calls(const struct profile *profile, struct error *err)
{
	struct filter filter = {
		.context =
			seccomp_init(profile->inherited ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS)};

	if (!filter.context)
		return error_set(err, ERROR_TEMPORARY, "sandbox: seccomp can't start");
	/* a secret's command may be a program of another architecture, a role is not */
	filter.failure = seccomp_attr_set(filter.context, SCMP_FLTATR_ACT_BADARCH,
		profile->inherited ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);
	if (filter.failure == 0) /* a tree, not a list: 3 steps a call instead of 100 */
		filter.failure = seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	add_profile(&filter, profile);
	if (filter.failure == 0)
		filter.failure = seccomp_load(filter.context);
	seccomp_release(filter.context);
	if (filter.failure != 0)
		return error_set_errno(err, ERROR_TEMPORARY, -filter.failure, "sandbox: seccomp");
	return true;
}

/*
 * Resolver, name service and CA store, wherever the distribution links them to. Not all of /etc:
 * the secrets of other mailboxes may lie there.
 */
static const char *const reader_paths[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf",
	"/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/networks",
	"/etc/passwd", "/etc/nscd.conf", "/etc/localtime", "/etc/timezone", "/etc/ld.so.cache",
	"/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/crypto-policies", "/usr/lib",
	"/usr/lib64", "/lib", "/lib64", "/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates", "/usr/share/zoneinfo", "/run/systemd/resolve",
	"/run/resolvconf", "/run/NetworkManager", "/var/lib/ca-certificates", "/proc/sys/net"};
/* glibc reads zones when one is first asked for. */
static const char *const zone_paths[] = {"/usr/share/zoneinfo", "/etc/localtime", "/etc/timezone"};

static bool is_client(enum sandbox_profile profile)
{
	return profile == SANDBOX_READER || profile == SANDBOX_TOKENS;
}

/* What a program is made of, and the tables of poppler. */
static const char *const program_paths[] = {"/usr/lib", "/usr/lib64", "/lib", "/lib64"};
static const char *const poppler_paths[] = {
	"/usr/share/poppler", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"};

struct paths {
	struct landlock_path items[ARRAY_COUNT(reader_paths) + SANDBOX_READ_MAX + 1];
	size_t count;
};

static void add_paths(
	struct paths *paths, const char *const *names, size_t count, enum landlock_access access)
{
	for (size_t i = 0; i < count; i++)
		paths->items[paths->count++] = (struct landlock_path){names[i], access, false};
}

static enum landlock_access access_to_own(enum sandbox_profile profile)
{
	if (profile == SANDBOX_LEDGER || profile == SANDBOX_TOKENS)
		return LANDLOCK_CHANGE;
	if (profile == SANDBOX_PDF)
		return LANDLOCK_EXECUTE;
	return profile == SANDBOX_FEED ? LANDLOCK_OVERWRITE : LANDLOCK_READ;
}

static bool confine_paths(enum sandbox_profile profile, const char *path, const char *const *files,
	size_t file_count, struct error *err)
{
	struct paths paths = {0};

	if (file_count > SANDBOX_READ_MAX)
		return error_set(err, ERROR_LIMIT, "sandbox: more than %d files to be read",
			SANDBOX_READ_MAX);
	if (is_client(profile)) {
		add_paths(&paths, reader_paths, ARRAY_COUNT(reader_paths), LANDLOCK_READ);
	} else if (profile == SANDBOX_PDF) {
		add_paths(&paths, program_paths, ARRAY_COUNT(program_paths), LANDLOCK_EXECUTE);
		add_paths(&paths, poppler_paths, ARRAY_COUNT(poppler_paths), LANDLOCK_READ);
	} else if (profile == SANDBOX_SUPERVISOR) {
		return true;
	} else if (profile != SANDBOX_PARSER) {
		add_paths(&paths, zone_paths, ARRAY_COUNT(zone_paths), LANDLOCK_READ);
	}
	add_paths(&paths, files, file_count, LANDLOCK_READ);
	if (path)
		paths.items[paths.count++] =
			(struct landlock_path){path, access_to_own(profile), true};
	return landlock_enter(paths.items, paths.count, is_client(profile), err);
}

bool sandbox_is_built(void)
{
	return !SANITIZED;
}

bool sandbox_is_outdated(void)
{
	int file = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);

	if (file >= 0)
		close(file);
	return file < 0 && errno == EACCES;
}

/* What the filter forbids anyway, once more by the kernel's own counters. */
static bool set_limits(const struct profile *profile, struct error *err)
{
	const struct rlimit none = {0, 0}, files = {profile->descriptors, profile->descriptors};

	if (profile->descriptors > 0 && setrlimit(RLIMIT_NOFILE, &files) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "sandbox: descriptors");
	if (!profile->inherited && !profile->starts && !profile->threads &&
		setrlimit(RLIMIT_NPROC, &none) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "sandbox: processes");
	return true;
}

bool sandbox_enter(enum sandbox_profile profile, const char *path, struct error *err)
{
	return sandbox_enter_reading(profile, path, NULL, 0, err);
}

bool sandbox_enter_reading(enum sandbox_profile profile, const char *path, const char *const *files,
	size_t count, struct error *err)
{
	if (!privilege_no_dumps(err) || !privilege_drop(profiles[profile].kept, err))
		return error_context(err, "sandbox");
	if (!sandbox_is_built())
		return true;
	if (!set_limits(&profiles[profile], err))
		return false;
	/* OpenSSL reads its configuration file at the first use */
	(void)digest_of((struct span){"", 0});
	return confine_paths(profile, path, files, count, err) &&
	       filter_calls(&profiles[profile], err);
}
