/** Style sheets are bundled from where they are imported; they export nothing. */
declare module '*.css';
