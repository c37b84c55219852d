import { createRequire } from 'node:module';

const PACKAGE = '@expo-google-fonts/source-sans-3';

/** Files of the font that all pictures are set in, by weight. Source Sans 3, SIL Open Font License 1.1. */
export const fontFiles = (): Record<400 | 600, string> => {
  const { resolve } = createRequire(import.meta.url);
  return {
    400: resolve(`${PACKAGE}/400Regular/SourceSans3_400Regular.ttf`),
    600: resolve(`${PACKAGE}/600SemiBold/SourceSans3_600SemiBold.ttf`),
  };
};
