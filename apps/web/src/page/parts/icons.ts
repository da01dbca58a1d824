/** The drawings of the icons, in a square of 24 by 24: paths that are stroked. */
export const icons = {
  menu: 'M4 7h16M4 12h16M4 17h16',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M8 8h8v8H8z',
  copy: 'M9 9h10v10H9zM15 9V5H5v10h4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  again: 'M19 12a7 7 0 1 1-2.05-4.95L19 9M19 4v5h-5',
  bin: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5',
  settings:
    'M4 7h10M18 7h2M4 17h2M10 17h10M14 7a2 2 0 1 0 4 0a2 2 0 1 0-4 0M6 17a2 2 0 1 0 4 0a2 2 0 1 0-4 0',
  tool: 'M14.5 5.5a4 4 0 0 0-5 5L4 16l4 4 5.5-5.5a4 4 0 0 0 5-5L16 12l-4-4z',
  down: 'M12 5v14M6 13l6 6 6-6',
  warning: 'M12 4L3 19.5h18zM12 10v4M12 16.9v.2',
  book: 'M5 5a2 2 0 0 1 2-2h12v15H7a2 2 0 0 0-2 2zM5 20a1.5 1.5 0 0 0 1.5 1.5H19',
  chat: 'M4 5h16v11H11l-5 4v-4H4z',
} as const;

/** What an icon is called. */
export type IconName = keyof typeof icons;
