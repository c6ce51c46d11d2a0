/* checkpoint.h: the .pth files that hold a run's parameters in PyTorch's format, under PyTorch's names. */
#ifndef NC_STORE_CHECKPOINT_H
#define NC_STORE_CHECKPOINT_H

#include <stdio.h>

#include "internal.h"

/* What stands in a file beside the parameters: NC_STATE_RECORD and the like. */
struct nc_record {
    const char *name;
    const void *bytes;
    size_t size;
};

/* A parameter as files have it: its bytes, and its elements in torch's order. */
long long nc_record_bytes(const struct nc_parameter *p);
void nc_record_gather(const struct nc_run *run, const struct nc_parameter *p, void *dense);

/* Writes a safetensors file; `dense` has room for the largest parameter. The state of the run is left out. Returns 0;
 * or -1, with what errno says. */
int nc_safetensors_write(struct nc_run *run, FILE *file, const struct nc_record *records, int count, void *dense);

/* The functions behind struct nc_store; see internal.h. */
void nc_checkpoint_check(struct nc_run *run, const char *path);
void nc_checkpoint_save(struct nc_run *run, const char *path, const void *state, long long bytes);
void nc_checkpoint_load(struct nc_run *run, const struct nc_model *model, const char *path, int how);
int nc_checkpoint_look(struct nc_run *run, const char *path, const char *name, unsigned char *start, long long bytes,
                       char *why, size_t capacity);
void *nc_checkpoint_load_record(struct nc_run *run, const char *path, const char *name, long long *bytes);

#endif
