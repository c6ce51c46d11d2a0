/* checkpoint.h: the .pth files that hold a run's parameters in PyTorch's format, under PyTorch's names. */
#ifndef NC_STORE_CHECKPOINT_H
#define NC_STORE_CHECKPOINT_H

#include "../internal.h"

/* The functions behind struct nc_store; see internal.h. */
void nc_checkpoint_check(struct nc_run *run, const char *path);
void nc_checkpoint_save(struct nc_run *run, const char *path, const void *state, long long bytes);
void nc_checkpoint_load(struct nc_run *run, const struct nc_model *model, const char *path, int how);
int nc_checkpoint_look(struct nc_run *run, const char *path, const char *name, unsigned char *start, long long bytes,
                       char *why, size_t room);
void *nc_checkpoint_load_record(struct nc_run *run, const char *path, const char *name, long long *bytes);

#endif
