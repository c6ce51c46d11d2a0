/* picture_sums FILE...: a line for each, as picture_sum.h makes it; for tests/parity/pictures.py. */
#include <stdlib.h>

#include "picture_sum.h"

static unsigned char *read_file(const char *path, long long *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        return NULL;
    *size = ftell(file);
    rewind(file);
    unsigned char *bytes = malloc((size_t)*size + 1);
    if (bytes && fread(bytes, 1, (size_t)*size, file) != (size_t)*size)
        *size = -1;
    fclose(file);
    return bytes;
}

int main(int argc, char **argv)
{
    struct nc_image image = {0};
    for (int i = 1; i < argc; i++) {
        long long size = 0;
        char line[512];
        unsigned char *bytes = read_file(argv[i], &size);
        if (!bytes || size < 0) {
            fprintf(stderr, "picture_sums: cannot read %s\n", argv[i]);
            return 1;
        }
        describe_picture(bytes, size, &image, line);
        puts(line);
        free(bytes);
    }
    nc_image_free(&image);
    return 0;
}
