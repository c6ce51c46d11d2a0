/* What `save` is in a trainer for a machine without zlib: the parameters in torch's order, as the floats they are;
 * and what `data` and `predict`, which are not called, would write and read pictures with. */
#include <stdio.h>
#include <stdlib.h>

#include "image/decode.h"
#include "image/write_png.h"
#include "internal.h"

int nc_image_write_png(const struct nc_image *image, const char *path, char error[NC_IMAGE_ERROR])
{
    (void)image, (void)path, (void)error;
    abort();
}

int nc_image_scan(const unsigned char *bytes, long long size, struct nc_image_header *header,
                  char error[NC_IMAGE_ERROR])
{
    (void)bytes, (void)size, (void)header, (void)error;
    abort();
}

int nc_image_decode(const unsigned char *bytes, long long size, struct nc_image *image, char error[NC_IMAGE_ERROR])
{
    (void)bytes, (void)size, (void)image, (void)error;
    abort();
}

static void check(struct nc_run *run, const char *path)
{
    (void)run, (void)path;
}

static void save(struct nc_run *run, const char *path, const void *state, long long bytes)
{
    (void)state, (void)bytes;
    FILE *file = fopen(path, "wb");
    if (!file)
        nc_fail(run, NULL, "cannot write '%s'", path);
    for (int i = 0; i < run->model->parameter_count; i++) {
        const struct nc_parameter *parameter = &run->model->parameters[i];
        const size_t count = (size_t)nc_parameter_elements(parameter);
        float *dense = nc_memory(run, (long long)count, sizeof *dense, "a parameter");
        nc_parameter_gather(parameter, run->weights, dense);
        if (fwrite(dense, sizeof *dense, count, file) != count)
            nc_fail(run, NULL, "cannot write '%s'", path);
        free(dense);
    }
    fclose(file);
}

static const struct nc_store raw = {.check = check, .save = save};

void nc_save(struct nc_run *run, const char *name)
{
    run->store = &raw;
    nc_give_text(&run->save_name, name);
}
