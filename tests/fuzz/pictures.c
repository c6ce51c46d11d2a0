/* Pictures, and the files that downloads unpack. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "data/unpack.h"
#include "files.h"
#include "image/decode.h"
#include "image/formats.h"
#include "once.h"
#include "system/endian.h"

/* Makes the sums of a PNG file right, so that what its chunks say is looked at. */
static void mend_png(unsigned char *file, size_t size)
{
    for (size_t at = 8; size >= 20 && at <= size - 12;) {
        size_t length = nc_big(file + at, 4);
        if (length > size - 12 - at)
            return;
        unsigned long sum = crc32(0, file + at + 4, (uInt)length + 4);
        for (int i = 0; i < 4; i++)
            file[at + 8 + length + (size_t)i] = (unsigned char)(sum >> (24 - 8 * i));
        at += 12 + length;
    }
}

enum { MOST_PIXELS = 1 << 22 };
static struct nc_image image;

static void try_picture(const struct input *input)
{
    struct nc_image_header header;
    char error[NC_IMAGE_ERROR];
    image = (struct nc_image){0};
    if (input->variant & 1)
        mend_png((unsigned char *)input->bytes, input->size);
    int scanned = nc_image_scan(input->bytes, (long long)input->size, &header, error);
    if (scanned && (long long)header.width * header.height > MOST_PIXELS)
        return; /* allowed, and slow */
    int decoded = nc_image_decode(input->bytes, (long long)input->size, &image, error);
    if (decoded && (!scanned || header.width != image.width || header.height != image.height))
        finding("a picture has another size than its header says");
    nc_image_free(&image);
}

/* Makes the sums of a tar file's headers right. */
static void mend_tar(unsigned char *tar, size_t size)
{
    for (size_t at = 0; at + 512 <= size; at += 512) {
        unsigned char *header = tar + at;
        size_t sum = 0;
        if (memcmp(header + 257, "ustar", 5) != 0)
            continue;
        for (int i = 0; i < 512; i++)
            sum += i >= 148 && i < 156 ? ' ' : header[i];
        for (int i = 5; i >= 0; i--, sum /= 8)
            header[148 + i] = (unsigned char)('0' + sum % 8);
        header[154] = 0;
    }
}

static void remove_folder(const char *folder)
{
    char path[1024];
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (list)
        closedir(list);
    if (rmdir(folder))
        finding("a tar file was unpacked to more than files in its folder");
}

static void try_unpacking(const struct input *input)
{
    char error[NC_UNPACK_ERROR];
    const unsigned char *bytes = input->bytes;
    size_t size = input->size;
    if (input->variant & 1) { /* the input is what is packed */
        if (input->variant & 2)
            mend_tar((unsigned char *)bytes, size);
        bytes = gzip_of(bytes, size, &size);
    }
    write_scratch("packed.gz", bytes, size);
    nc_unpack_gzip(in_scratch("packed.gz"), in_scratch("unpacked"), error);
    if (nc_unpack_tar(in_scratch("packed.gz"), in_scratch("parent"), "folder", error))
        remove_folder(in_scratch("parent/folder"));
}

static void prepare_unpacking(void)
{
    static const unsigned char nothing[1];
    make_scratch_folder("parent");
    try_unpacking(&(struct input){1, nothing, 0}); /* loads zlib */
}

const struct kind picture_kinds[] = {
    {"picture", 512, NULL, try_picture},
    {"unpack", 512, prepare_unpacking, try_unpacking},
    {0},
};
