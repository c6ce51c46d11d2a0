/* draft.h: files that a program writes, netc's own and a trainer's: one way for all of them.
 *
 * A regular file, or one that isn't there yet, is written beside under a name of its own, and takes its name when it
 * is whole: whoever reads meanwhile sees the file of before. Symbolic links are followed, so that the file they lead to
 * is replaced and not the link. What is no regular file (a device, a FIFO), and what a link in /proc leads to
 * (/dev/stdout), is written to as it is.
 *
 * The unfinished file is NAME.XXXXXX.netc-partial, X drawn at random: any number of runs may write in one folder, and
 * to one name; then the last one to finish gives it. It is removed on every way out of the program that can be caught:
 * exit, and the signals that end a process. What a run leaves that was killed, the next one that writes in that folder
 * removes. It knows a dead run's file from a live one's by flock: each holds a lock on its own until it has its name. A
 * lock goes with the process however that ends, is seen from other containers, and no number of a process that has been
 * given out again can be mistaken for it. Where a file system has no locks nothing can be told dead, and nothing is
 * removed. */
#ifndef NC_DRAFT_H
#define NC_DRAFT_H

#include <stdio.h>

enum { NC_PATH = 4096 };

struct nc_draft {
    FILE *file;            /* what to write to; NULL: it is not open */
    char path[NC_PATH];    /* what it will be called: where the links lead */
    char partial[NC_PATH]; /* what it is called now; "": it is written through */
    int slot;              /* of `partial` among what is to be removed */
};

/* Opens the file that shall stand at `path`; with rights for all to run it where `program`. 0, or an errno. */
int nc_draft_open(struct nc_draft *output, const char *path, int program);

/* Ends the writing: 0, and all bytes stand in the file under its name; or an errno, and what stood there still does.
 * durable: through a power cut too. */
int nc_draft_finish(struct nc_draft *output, int durable);

/* Whether nc_draft_open would do: 0, or an errno. */
int nc_draft_check(const char *path);

/* "." of "a", "/" of "/a", "x/y" of "x/y/a". */
void nc_folder_of(const char *path, char folder[NC_PATH]);

/* mkdir -p: 0, or an errno. Where a file has that name, opening one in it tells. */
int nc_make_folders(const char *path);

/* A whole file of this text, not durable: 0, or an errno. */
int nc_write_text(const char *path, const char *text);

/* Gives it up; does nothing where it isn't open. */
void nc_draft_drop(struct nc_draft *output);

/* A path, of a file or an empty folder, to be removed when the program ends before nc_keep; the last one first. */
int nc_remove_at_end(const char *path);
void nc_keep(int slot);

/* Holds the lock on what was just made, open as `file`, by which others know that it is in use; 0 where another program
 * has taken it for a dead run's in between, or is about to: make another one. */
int nc_hold(int file);

/* Calls `clean` for each name in a folder (`at`: as of openat), which removes what a dead run has left. */
void nc_clean_folder(int at, const char *folder, void (*clean)(int folder, const char *name));

/* Opens what a run may have left; -1 where it is in use. */
int nc_open_left(int folder, const char *name);

/* Ends the program by this signal, as if it had not been caught. For signal handlers too. */
_Noreturn void nc_end_by(int signal_number);

/* Removes what is to be removed at the end: for whoever calls _exit. For signal handlers too. */
void nc_remove_now(void);

/* Opens /dev/null for those of the descriptors 0 to 2 that are closed: otherwise a file would get one of them, and
 * everything that the program prints. To be called first. */
void nc_open_streams(void);

#endif
