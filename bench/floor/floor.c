/*
 * The floor: what the kernel charges for the work of a pass and no more.
 *
 *   floor look ROOT [THREADS [loop]]   list every app folder and statx every session file
 *   floor read ROOT [THREADS [loop]]   list, then open, fstat, read and close each of them
 *   floor watch DIR                    read each file that is renamed into DIR or closed after writing
 *
 * look and read print one line a pass: files, bytes, nanoseconds from before
 * the root is opened until the last thread has ended. watch prints a line for
 * each file once it is read.
 *
 * What counts as an app folder and as a session file is what the refresh
 * contract, section 1, says; what is cheaper to leave out is left out.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LISTING = 256 << 10, CONTENT = 64 << 10 };

struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t length;
	uint8_t type;
	char name[];
};

static void fail(const char *what)
{
	fprintf(stderr, "floor: cannot %s: %s\n", what, strerror(errno));
	exit(1);
}

/* What the threads share. A thread takes the next folder that nobody has taken. */
static int root;
static char **apps;
static int napps;
static atomic_int next_app;
static int reading;

struct worker {
	pthread_t thread;
	long files;
	long long bytes;
	char *listing, *content;
};

static int is_app(const struct entry *e)
{
	return e->type == DT_DIR && e->name[0] != '.' && strchr(e->name, '.');
}

static int is_session(const struct entry *e)
{
	return e->type == DT_REG && e->name[0] != '#' && !strchr(e->name, '.') && e->name[strlen(e->name) - 1] != '~';
}

static void look_at(struct worker *w, int dir, const char *name)
{
	struct statx st;
	if (statx(dir, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &st) < 0)
		fail("look at a file");
	w->bytes += (long long)st.stx_size;
	w->files++;
}

static void read_file(struct worker *w, int dir, const char *name)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		fail("open a file");
	ssize_t n = read(fd, w->content, CONTENT);
	if (n < 0)
		fail("read a file");
	close(fd);
	w->bytes += n;
	w->files++;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	int i;
	while ((i = atomic_fetch_add(&next_app, 1)) < napps) {
		int dir = openat(root, apps[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir < 0)
			fail("open a folder");
		long n;
		while ((n = syscall(SYS_getdents64, dir, w->listing, LISTING)) > 0) {
			for (char *p = w->listing; p < w->listing + n;) {
				struct entry *e = (struct entry *)p;
				p += e->length;
				if (!is_session(e))
					continue;
				if (reading)
					read_file(w, dir, e->name);
				else
					look_at(w, dir, e->name);
			}
		}
		if (n < 0)
			fail("list a folder");
		close(dir);
	}
	return NULL;
}

static void list_root(const char *path, char *buffer)
{
	root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		fail("open the root");
	int room = 0;
	long n;
	while ((n = syscall(SYS_getdents64, root, buffer, LISTING)) > 0) {
		for (char *p = buffer; p < buffer + n;) {
			struct entry *e = (struct entry *)p;
			p += e->length;
			if (!is_app(e))
				continue;
			if (napps == room) {
				room = room ? 2 * room : 1024;
				apps = realloc(apps, (size_t)room * sizeof *apps);
			}
			apps[napps++] = strdup(e->name);
		}
	}
	if (n < 0)
		fail("list the root");
}

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void pass(const char *path, struct worker *workers, int threads)
{
	long long began = now();
	long files = 0;
	long long bytes = 0;

	list_root(path, workers[0].listing);
	atomic_store(&next_app, 0);
	for (int i = 0; i < threads; i++) {
		workers[i].files = workers[i].bytes = 0;
		if (i > 0 && pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			fail("start a thread");
	}
	work(&workers[0]);
	for (int i = 0; i < threads; i++) {
		if (i > 0)
			pthread_join(workers[i].thread, NULL);
		files += workers[i].files;
		bytes += workers[i].bytes;
	}
	close(root);
	printf("%ld %lld %lld\n", files, bytes, now() - began);
	fflush(stdout);
	while (napps > 0)
		free(apps[--napps]);
	free(apps);
	apps = NULL;
}

static void watch(const char *path)
{
	static char events[64 << 10], content[CONTENT];
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = inotify_init1(IN_CLOEXEC);
	if (dir < 0 || fd < 0 || inotify_add_watch(fd, path, IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
		fail("watch a folder");
	puts("ready");
	fflush(stdout);
	ssize_t n;
	while ((n = read(fd, events, sizeof events)) > 0) {
		for (char *p = events; p < events + n;) {
			struct inotify_event *e = (struct inotify_event *)p;
			p += sizeof *e + e->len;
			if (e->len == 0 || strchr(e->name, '.'))
				continue;
			struct stat st;
			int file = openat(dir, e->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
			if (file < 0 || fstat(file, &st) < 0 || read(file, content, CONTENT) < 0)
				fail("read a file");
			close(file);
			puts(e->name);
			fflush(stdout);
		}
	}
	fail("read events");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "watch"))
		watch(argv[2]);
	if (argc < 3 || (strcmp(argv[1], "look") && strcmp(argv[1], "read"))) {
		fprintf(stderr, "usage: floor look|read ROOT [THREADS [loop]] | floor watch DIR\n");
		return 2;
	}
	reading = !strcmp(argv[1], "read");
	int threads = argc > 3 ? atoi(argv[3]) : 2;
	if (threads < 1 || threads > 64)
		threads = 2;
	struct worker workers[64] = {0};
	for (int i = 0; i < threads; i++) {
		workers[i].listing = malloc(LISTING);
		workers[i].content = malloc(CONTENT);
		if (!workers[i].listing || !workers[i].content)
			fail("get memory");
	}
	do
		pass(argv[2], workers, threads);
	while (argc > 4 && !strcmp(argv[4], "loop"));
	return 0;
}
