/* archive.h: a .pth file opened for reading: its pickle, and its storages by key. Both of torch's containers: the zip
 * file that torch.save writes since 1.6, and the five pickles one after the other of before. */
#ifndef NC_STORE_ARCHIVE_H
#define NC_STORE_ARCHIVE_H

#include "internal.h"
#include "pickle.h"
#include "state_dict.h"

struct nc_archive;

/* Opens the file and reads its pickle; nc_fail when that can't be done. nc_archive_close frees all that came of it. */
struct nc_archive *nc_archive_open(struct nc_run *run, const char *path);
void nc_archive_close(struct nc_archive *archive);

/* The object that was saved. */
const struct nc_pickle_value *nc_archive_root(const struct nc_archive *archive);

/* All bytes of a storage. Valid until the next call. nc_fail when they are missing or not as many as the pickle
 * says. */
const unsigned char *nc_archive_storage(struct nc_archive *archive, const struct nc_storage *storage);

/* Gives back the memory of what has been looked at of a storage, where it lies in the file and not inflated. */
void nc_archive_forget(struct nc_archive *archive, const unsigned char *bytes, size_t size);

/* The record beside torch's own that has this name ("netc/state"), in memory that the caller frees; NULL if none. */
void *nc_archive_record(struct nc_archive *archive, const char *name, long long *bytes);

#endif
