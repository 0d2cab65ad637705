/**
 * The tools' panels as one piece, loaded behind the form: each as a piece of its own would cut what they share with the
 * page into many small files, and on a slow line every file costs more than its bytes.
 */
export { AboutPanel } from './about-panel.tsx';
export { CodePanel } from './code-panel.tsx';
export { CsvPanel } from './csv-panel.tsx';
export { HistoryPanel } from './history-panel.tsx';
export { RawPanel } from './raw-panel.tsx';
export { WhatIfPanel } from './whatif-panel.tsx';
