/* functions.h: what is called of libraries that are loaded late (library.h), or are part of a trainer that is linked
 * statically (whole.c). */
#ifndef NC_IMAGE_FUNCTIONS_H
#define NC_IMAGE_FUNCTIONS_H

#define LIBJPEG(F)                                                                                                     \
    F(jpeg_std_error) F(jpeg_CreateDecompress) F(jpeg_destroy_decompress) F(jpeg_read_header)                          \
    F(jpeg_start_decompress) F(jpeg_read_scanlines) F(jpeg_finish_decompress) F(jpeg_resync_to_restart)

#define LIBPNG_READ(F)                                                                                                 \
    F(png_create_read_struct) F(png_create_info_struct) F(png_destroy_read_struct) F(png_get_error_ptr)                \
    F(png_get_io_ptr) F(png_set_read_fn) F(png_set_keep_unknown_chunks) F(png_set_crc_action) F(png_set_option)        \
    F(png_set_user_limits) F(png_read_info) F(png_get_IHDR) F(png_set_palette_to_rgb)                                  \
    F(png_set_expand_gray_1_2_4_to_8) F(png_set_strip_16) F(png_set_strip_alpha) F(png_set_gray_to_rgb)                \
    F(png_set_read_user_transform_fn) F(png_set_user_transform_info) F(png_set_interlace_handling)                     \
    F(png_read_update_info) F(png_get_rowbytes) F(png_read_row) F(png_read_end) F(png_set_check_for_invalid_index)

#define LIBPNG_WRITE(F)                                                                                                \
    F(png_create_write_struct) F(png_create_info_struct) F(png_destroy_write_struct) F(png_get_error_ptr)              \
    F(png_init_io) F(png_set_IHDR) F(png_write_info) F(png_write_row) F(png_write_end)

#endif
