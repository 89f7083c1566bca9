/** The mark: three arms of a logarithmic spiral. `public/mark.svg` is the same, for the favicon. */
const ARMS = [
  { colour: '#19b3a6', path: 'M18.5 13.9C19.6 14.3 20.8 15.5 21.2 17.4C21.5 19.2 21.1 21.9 18.9 24.1C16.8 26.3 12.9 28.1 8.0 27.4' },
  { colour: '#2f93d8', path: 'M16.6 19.2C15.6 20.0 14.0 20.4 12.2 19.8C10.4 19.2 8.4 17.5 7.5 14.5C6.6 11.5 7.0 7.3 10.1 3.4' },
  { colour: '#7a6fe0', path: 'M12.9 14.9C12.8 13.7 13.2 12.1 14.6 10.8C16.0 9.6 18.5 8.7 21.5 9.4C24.5 10.1 28.0 12.6 29.9 17.2' },
] as const;

export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" strokeLinecap="round" strokeWidth="3.4" aria-hidden>
      {ARMS.map((arm) => (
        <path key={arm.colour} stroke={arm.colour} d={arm.path} />
      ))}
    </svg>
  );
}
