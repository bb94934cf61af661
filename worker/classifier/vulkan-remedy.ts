/** What to do where WebGPU finds no GPU: without a display, NVIDIA's driver needs the loader of EGL too. */
export const VULKAN_REMEDY =
  'Install a Vulkan driver for the GPU (on Debian with libvulkan1 and libegl1), or use --device cpu';
